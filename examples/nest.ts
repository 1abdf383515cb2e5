/** An application of NestJS. Start it with `npm run example:nest`; it needs the sessions service. */
import 'reflect-metadata';
// #region module
import { Body, Controller, Delete, Get, Headers, HttpCode, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createSessionsClient } from '@pip-sessions/client';
import { CurrentSession, RequireSession, type UserSession, UserSessionsModule } from '@pip-sessions/client/nest';

@Controller()
class AccountController {
  @Post('login')
  @HttpCode(200)
  async login(
    @CurrentSession() userSession: UserSession,
    @Body() { user }: { readonly user: string },
    @Headers('user-agent') client: string,
  ) {
    // Check the user's password here.
    await userSession.login({ user_id: user, client, auth_methods: ['pwd'], auth_level: 1 });
    return { signed_in: user };
  }

  @Get('me')
  @RequireSession()
  me(@CurrentSession() { required }: UserSession) {
    return { user: required.user_id };
  }

  @Post('logout')
  @HttpCode(204)
  logout(@CurrentSession() userSession: UserSession): Promise<void> {
    return userSession.logout();
  }
}

const url = process.env.SESSIONS_URL ?? 'http://127.0.0.1:8080';

@Module({
  imports: [
    UserSessionsModule.forRoot({
      client: createSessionsClient({ url, key: process.env.SESSIONS_KEY }),
      development: true, // http on this machine; leave it out if users connect with https
    }),
  ],
  controllers: [AccountController],
})
class AccountModule {}
// #endregion

// #region requirement
@Controller('payments')
@RequireSession() // for all handlers of the controller
class PaymentsController {
  @Post()
  @RequireSession({ level: 2, max_age_s: 300 }) // and this for the handler
  pay(@CurrentSession() { required }: UserSession) {
    return { paid_by: required.user_id };
  }

  @Post('second-factor')
  async prove(@CurrentSession() userSession: UserSession) {
    // Check the one-time password here.
    await userSession.rotate({ auth_methods: ['pwd', 'otp'], auth_level: 2 });
    return { level: userSession.required.auth_level };
  }
}
// #endregion

@Controller('devices')
@RequireSession()
class DevicesController {
  @Get()
  async list(@CurrentSession() userSession: UserSession) {
    const { items, current } = await userSession.devices();
    return items.map(({ id, client }) => ({ id, client, here: id === current }));
  }

  @Delete(':id')
  async end(@CurrentSession() userSession: UserSession, @Param('id') id: string) {
    return { ended: await userSession.endDevice(id) };
  }
}

@Module({ imports: [AccountModule], controllers: [PaymentsController, DevicesController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
console.log(await app.getUrl());
