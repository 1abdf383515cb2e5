import { sessions } from '../sessions';
import { endDevice } from './actions';

export async function Devices() {
  const userSession = await sessions.page();
  const { items, current } = await userSession.devices();
  return (
    <ul>
      {items.map(({ id, client }) => (
        <li key={id}>
          {client}
          {id === current ? (
            ' (this device)'
          ) : (
            <form action={endDevice}>
              <input type="hidden" name="id" value={id} />
              <button type="submit">End</button>
            </form>
          )}
        </li>
      ))}
    </ul>
  );
}
