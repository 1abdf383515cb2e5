import { MIGRATIONS } from './migrations.ts';

/** The indexes that the migrations create, beside those of primary keys. All of them are of the table `sessions`. */
export function indexNames(partitions: number): readonly string[] {
  const steps = MIGRATIONS.flatMap((migration) => migration(partitions));
  const texts = steps.filter((step) => typeof step === 'string');
  return texts.flatMap((text) =>
    [...text.matchAll(/CREATE INDEX (?:IF NOT EXISTS )?(\w+)/g)].map(([, name = '']) => name),
  );
}
