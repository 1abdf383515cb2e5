/**
 * The beginning of the user ids of the web console. A sign-in to the console is a session of the service itself, whose
 * user is this text and the name of the API key. Applications cannot open such sessions.
 */
export const CONSOLE_USER_PREFIX = 'urn:pip-sessions:console:';
