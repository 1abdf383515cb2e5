import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isClassDeclaration } from 'typescript/unstable/ast';
import { API, type Checker, type Symbol as Declared, SymbolFlags } from 'typescript/unstable/sync';
import { PUBLISHED } from './packages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The pattern `./internal/*` is for packages of this repository only, so its exports need no docstring. */
const INTERNAL = /\*/;
const HAS_MEMBERS = SymbolFlags.Class | SymbolFlags.Interface | SymbolFlags.TypeAlias;

const api = new API({ cwd: root });
after(() => api.close());
const snapshot = api.updateSnapshot({ openProjects: [`${root}tsconfig.json`] });

for (const name of PUBLISHED) {
  test(`every public export of packages/${name} has a docstring`, () => {
    const missing = entriesOf(name).flatMap((entry) => [...undocumented(entry)]);
    const list = [...new Set(missing)].join('\n  ');
    assert.equal(missing.length, 0, `write a docstring (/** … */) for each of these exports:\n  ${list}`);
  });
}

/** The TypeScript sources that the `exports` of a package.json lead to. */
function entriesOf(name: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(`${root}packages/${name}/package.json`, 'utf8'));
  const exported = Object.entries<{ readonly source?: string }>(manifest.exports);
  return exported.flatMap(([path, { source }]) => {
    if (source === undefined || INTERNAL.test(path)) return [];
    return [`${root}packages/${name}/${source.slice(2)}`];
  });
}

/** Names the exports of an entry, and their members, that have no docstring, each by its file. */
function* undocumented(source: string): Generator<string> {
  const project = snapshot.getDefaultProjectForFile(source);
  const file = project?.program.getSourceFile(source);
  const module = file && project?.checker.getSymbolAtLocation(file);
  if (!project || !module) throw new Error(`${source} is not a module of tsconfig.json`);
  const { checker } = project;
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = exported.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const file = fileOf(symbol);
    if (file === null) continue;
    if (!isDocumented(symbol, checker)) yield `${file}: ${exported.name}`;
    for (const member of membersOf(symbol, checker)) {
      if (isDocumented(member, checker) || isInherited(member, checker)) continue;
      const owner = member.getParent()?.name ?? '';
      yield `${fileOf(member)}: ${/^\w+$/.test(owner) && !owner.startsWith('__') ? owner : exported.name}.${member.name}`;
    }
  }
}

/**
 * Whether a class that the member's class extends or implements declares it. Then that declaration has the docstring, and
 * editors show it; a library's own interface, such as `IOpenable` or `Error`, needs none here.
 */
function isInherited(member: Declared, checker: Checker): boolean {
  const node = member.valueDeclaration?.resolve();
  if (!node || !isClassDeclaration(node.parent)) return false;
  const bases = (node.parent.heritageClauses ?? []).flatMap(({ types }) => [...types]);
  return bases.some((base) => {
    const type = checker.getTypeAtLocation(base);
    const declared = type && checker.getPropertyOfType(type, member.name);
    return declared !== undefined && (fileOf(declared) === null || isDocumented(declared, checker));
  });
}

/** The members of a class, an interface or an object type. The comment above a part of a union describes its members. */
function membersOf(symbol: Declared, checker: Checker): readonly Declared[] {
  if (!(symbol.flags & HAS_MEMBERS)) return [];
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  if (!type.isObjectType() && !type.isIntersectionType()) return [];
  return checker.getPropertiesOfType(type).filter((member) => fileOf(member) !== null && /^\w+$/.test(member.name));
}

/** The file of this repository that declares a symbol; null for a symbol of a library. */
function fileOf({ declarations }: Declared): string | null {
  const [path = null] = declarations.flatMap(({ path }) => /packages\/[\w-]+\/src\/.*$/.exec(path) ?? []);
  return path;
}

function isDocumented(symbol: Declared, checker: Checker): boolean {
  return symbol.getDocumentationComment(checker).trim() !== '';
}
