import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as contract from '@pip-sessions/client';
import type { Of, SchemaName } from '../../api/v2/schemas.ts';

/**
 * The schemas that requests are checked with, and the types that clients are compiled with, are written down twice:
 * what follows does not compile where they differ by a member, by its type, or by whether it may be left out.
 */
interface Contract {
  readonly OpenRequest: contract.OpenRequest;
  readonly OpenResult: contract.OpenResult;
  readonly Validation: contract.Validation;
  readonly RotateRequest: contract.RotateRequest;
  readonly RotateResult: contract.RotateResult;
  readonly UpdateRequest: contract.UpdateRequest;
  readonly Session: contract.Session;
  readonly SessionSummary: contract.SessionSummary;
  readonly SessionPage: contract.SessionPage;
  readonly ListQuery: contract.ListRequest;
  readonly CloseManyRequest: contract.CloseManyRequest;
  readonly CloseManyResult: contract.CloseManyResult;
  readonly Stats: contract.Stats;
  readonly Problem: contract.Problem;
  // Those that the client makes itself, from arguments.
  readonly ValidateRequest: { readonly token: string; readonly max_age?: number };
  readonly CloseRequest: { readonly reason?: Exclude<contract.CloseManyRequest['reason'], undefined> };
  readonly Empty: object;
  readonly AnyJson: unknown;
}

/** A type with all its members read-only and written out, so that both sides can be compared. */
type Plain<T> = T extends readonly (infer Item)[]
  ? readonly Plain<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: Plain<T[Name]> }
    : T;

/** True for two types that no use can tell apart, which two that can be assigned to each other may not be. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

type Differing = {
  [Name in SchemaName]: Same<Plain<Of<Name>>, Plain<Contract[Name]>> extends true ? never : Name;
}[SchemaName];

test('the service and its client have the same types of requests and answers', () => {
  // The compiler says here which schemas differ.
  const differing: { readonly [Name in Differing]: never } = {};
  assert.deepEqual(differing, {});
});
