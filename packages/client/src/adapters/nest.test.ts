import { runNestTests } from './fixtures/nest-tests.ts';

runNestTests('Nest 12');
