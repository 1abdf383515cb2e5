import { NextResponse } from 'next/server';
import { sessions } from './sessions';

export const proxy = sessions.route(() => NextResponse.next());

export const config = { matcher: '/((?!_next/static|favicon.ico).*)' };
