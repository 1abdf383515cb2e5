export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
/** The minimum level of the lines that are logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];
