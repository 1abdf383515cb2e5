import type { FastifyInstance } from 'fastify';
export function registerSwagger(_app: FastifyInstance, _base: string): void {}
