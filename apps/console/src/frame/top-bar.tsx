import { useMutation, useQueryClient } from '@tanstack/react-query';
import { signOut } from '../api/commands.ts';
import { useFeedState } from '../api/feed.ts';
import { undoQueue } from '../ending/end-queue.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { Menu } from '../kit/menu.tsx';
import { COMMON, FEED_TEXTS, FRAME } from '../texts.ts';
import { useMe } from './me.ts';
import { SearchBox } from './search-box.tsx';
import { chooseTheme, THEMES, useTheme } from './theme.ts';

const THEME_ICONS = { system: 'screen', light: 'sun', dark: 'moon' } as const;

/** Search, how current the page is, the service, the theme, and who is signed in. */
export function TopBar({ onHelp }: { readonly onHelp: () => void }) {
  const me = useMe();
  const theme = useTheme();
  return (
    <header className="top">
      <p className="brand" data-tip={`${me.service.name} ${me.service.version}`}>
        {me.service.name} <small>{me.service.store}</small>
      </p>
      <SearchBox />
      <div className="top-end">
        <FeedDot />
        <IconButton icon="help" label={FRAME.help} onClick={onHelp} />
        <Menu
          trigger={<IconButton icon={THEME_ICONS[theme]} label={FRAME.themeLabel} />}
          label={FRAME.themeLabel}
          items={THEMES.map((name) => ({
            label: FRAME.theme[name],
            icon: THEME_ICONS[name],
            isChosen: name === theme,
            onChoose: () => chooseTheme(name),
          }))}
        />
        <Account />
      </div>
    </header>
  );
}

function FeedDot() {
  const state = useFeedState();
  const isCurrent = state.name === 'live' && state.lag_s === 0;
  const words = state.name === 'live' ? FEED_TEXTS.live(state.lag_s) : FEED_TEXTS[state.name];
  return (
    <p className="feed" role="status" aria-label={`${FRAME.feed}: ${words}`} data-tip={`${FRAME.feed}: ${words}`}>
      <span className={isCurrent ? 'dot green' : 'dot amber'} />
      <span className={isCurrent ? 'feed-words' : undefined}>{words}</span>
    </p>
  );
}

function Account() {
  const { key, scope, open } = useMe();
  const client = useQueryClient();
  const leave = useMutation({
    mutationFn: async () => {
      undoQueue.flush();
      await signOut();
    },
    onSuccess: () => {
      client.clear();
      location.reload();
    },
  });
  if (open) {
    return (
      <p className="feed account-name" data-tip={FRAME.open}>
        {FRAME.openShort}
      </p>
    );
  }
  const name = FRAME.account(key ?? COMMON.none, scope);
  return (
    <Menu
      trigger={
        <Button look="quiet" icon="user" aria-label={name}>
          <span className="account-name">{name}</span>
        </Button>
      }
      label={name}
      head={name}
      items={[{ label: FRAME.signOut, icon: 'out', onChoose: () => leave.mutate() }]}
    />
  );
}
