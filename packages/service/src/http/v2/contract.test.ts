import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as contract from '@pip-sessions/client';
import type { ExportLine } from '@pip-sessions/contract/v2';
import type { Of, SchemaName } from '../../api/v2/schemas.ts';

/**
 * The schemas of requests and the types of clients are written twice. The code below does not compile if they differ in
 * a property, in its type, or in whether it is optional.
 */
interface Contract {
  readonly OpenRequest: contract.OpenRequest;
  readonly OpenResult: contract.OpenResult;
  readonly Validation: contract.Validation;
  readonly ValidationList: contract.ValidationList;
  readonly SessionCheckList: contract.SessionCheckList;
  readonly RotateRequest: contract.RotateRequest;
  readonly RotateResult: contract.RotateResult;
  readonly OwnRequest: contract.OwnRequest;
  readonly OwnSessionPage: contract.OwnSessionPage;
  readonly CloseOwnRequest: contract.CloseOwnRequest;
  readonly UpdateRequest: contract.UpdateRequest;
  readonly Session: contract.Session;
  readonly SessionSummary: contract.SessionSummary;
  readonly SessionPage: contract.SessionPage;
  readonly ListQuery: contract.ListRequest;
  readonly CloseManyRequest: contract.CloseManyRequest;
  readonly CloseManyResult: contract.CloseManyResult;
  readonly EraseResult: contract.EraseResult;
  readonly ExportLine: ExportLine;
  readonly Stats: contract.Stats;
  readonly KeyList: contract.KeyList;
  readonly Problem: contract.Problem;
  // Types that the client creates itself from arguments.
  readonly ValidateManyRequest: {
    readonly tokens: readonly string[];
    readonly max_age?: number;
    readonly touch?: boolean;
  };
  readonly ValidateRequest: { readonly token: string; readonly max_age?: number; readonly touch?: boolean };
  readonly CheckRequest: { readonly ids: readonly string[] };
  readonly UserRequest: { readonly user_id: string };
  readonly CloseRequest: Pick<contract.CloseManyRequest, 'reason' | 'by'>;
  readonly Empty: object;
  readonly AnyJson: unknown;
}

/** A type with all its properties read-only and expanded, so that both sides can be compared. */
type Plain<T> = T extends readonly (infer Item)[]
  ? readonly Plain<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: Plain<T[Name]> }
    : T;

/** True if two types are identical; being assignable to each other is not enough. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

type Differing = {
  [Name in SchemaName]: Same<Plain<Of<Name>>, Plain<Contract[Name]>> extends true ? never : Name;
}[SchemaName];

test('the service and its client have the same types of requests and responses', () => {
  // The compiler reports here which schemas differ.
  const differing: { readonly [Name in Differing]: never } = {};
  assert.deepEqual(differing, {});
});
