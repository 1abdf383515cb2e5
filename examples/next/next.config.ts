import type { NextConfig } from 'next';

const config: NextConfig = {
  // The packages of this repository are outside of this folder. An application of its own does not need this.
  turbopack: { root: new URL('../..', import.meta.url).pathname },
};

export default config;
