import { createRequire } from 'node:module';
import Koa from 'koa';
import { runKoaTests } from './fixtures/koa-tests.ts';

runKoaTests('Koa 3', Koa);
runKoaTests('Koa 2', createRequire(import.meta.url)('koa2'));
