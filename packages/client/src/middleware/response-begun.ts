/** A change of the session's cookie came when no header can be sent any more. */
export class ResponseBegunError extends Error {
  override readonly name = 'ResponseBegunError';
  readonly code = 'RESPONSE_BEGUN';
}

/** Before anything was changed. */
export function cannotBegin(call: string): ResponseBegunError {
  return new ResponseBegunError(
    `${call}() needs a response whose headers have not been sent, and nothing was changed. Call it before the response ` +
      'begins; upgrades of a connection have no response.',
  );
}

/** The response was sent while the call was under way; `outcome` says what has become of the session. */
export function sentMeanwhile(call: string, outcome: string): ResponseBegunError {
  return new ResponseBegunError(
    `The response was sent before ${call}() was done, so its cookie could not be written. ${outcome} Send the response after ` +
      `await userSession.${call}(…).`,
  );
}
