/** Loaded before the service: SIGUSR2 sets the clock of this process one minute ahead. The machine's clock is shared. */
const STEP_MS = 60_000;

const { now } = Date;
let ahead_ms = 0;
Date.now = () => now() + ahead_ms;
process.on('SIGUSR2', () => {
  ahead_ms += STEP_MS;
});

export {};
