import { sessions } from '../sessions';
import { confirm, login, logout } from './actions';

export default async function Page() {
  const { current } = await sessions.page();
  if (current === null) {
    return (
      <form action={login}>
        <input name="user" placeholder="user" required />
        <button type="submit">Sign in</button>
      </form>
    );
  }
  return (
    <main>
      <p>{`Hello ${current.user_id}, level ${current.auth_level ?? 0}`}</p>
      <form action={confirm}>
        <button type="submit">Confirm it is you</button>
      </form>
      <form action={logout}>
        <button type="submit">Sign out</button>
      </form>
    </main>
  );
}
