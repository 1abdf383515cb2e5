import { sessions } from '../sessions';
import { confirm, login, logout, pay } from './actions';
import { Devices } from './devices';

interface Props {
  readonly searchParams: Promise<{ readonly note?: string }>;
}

export default async function Page({ searchParams }: Props) {
  const { current } = await sessions.page();
  if (current === null) {
    return (
      <form action={login}>
        <input name="user" placeholder="user" required />
        <button type="submit">Sign in</button>
      </form>
    );
  }
  const { note } = await searchParams;
  return (
    <main>
      <p>{`Hello ${current.user_id}, level ${current.auth_level ?? 0}`}</p>
      <Devices />
      {note && <p>{note}</p>}
      <form action={pay}>
        <button type="submit">Pay</button>
      </form>
      <form action={confirm}>
        <button type="submit">Confirm it is you</button>
      </form>
      <form action={logout}>
        <button type="submit">Sign out</button>
      </form>
    </main>
  );
}
