/** The session's cookie cannot be changed any more: the headers of the response were sent (code `RESPONSE_BEGUN`). */
export class ResponseBegunError extends Error {
  override readonly name = 'ResponseBegunError';
  readonly code = 'RESPONSE_BEGUN';
}

/** The error of a call that changed nothing. */
export function cannotBegin(call: string): ResponseBegunError {
  return new ResponseBegunError(
    `${call}() has changed nothing, because the headers of the response were sent. Call it before the response ` +
      'begins; upgrades of a connection have no response.',
  );
}

/** The error of a call during which the response was sent. `outcome` states what happened to the session. */
export function sentMeanwhile(call: string, outcome: string): ResponseBegunError {
  return new ResponseBegunError(
    `The response was sent before ${call}() was done, so its cookie could not be written. ${outcome} Send the response after ` +
      `await userSession.${call}(…).`,
  );
}
