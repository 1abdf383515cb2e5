/** The folders of the published packages below packages/, each after its dependencies. */
export const PUBLISHED = ['contract', 'near-cache', 'client', 'pip-client', 'service', 'pip-service'] as const;
