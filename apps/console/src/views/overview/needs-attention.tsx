import { Icon } from '../../kit/icons.tsx';
import { Link } from '../../routing/link.tsx';
import { OVERVIEW } from '../../texts/overview.ts';
import type { Concern } from './attention.ts';

/** What a person should look at now. Empty on a good day, and says so. */
export function NeedsAttention({ concerns }: { readonly concerns: readonly Concern[] }) {
  return (
    <section className="attention" aria-label={OVERVIEW.attention}>
      <h2>{OVERVIEW.attention}</h2>
      {concerns.length === 0 ? (
        <div className="attention-none">
          <Icon name="check" />
          <div>
            <p>{OVERVIEW.allGood}</p>
            <p className="quiet-text">{OVERVIEW.allGoodHint}</p>
          </div>
        </div>
      ) : (
        <ul>
          {concerns.map(({ id, tone, title, hint, link }) => (
            <li key={id} className={`concern ${tone}`}>
              <Icon name="warning" />
              <div>
                <p className="concern-title">{title}</p>
                <p className="quiet-text">{hint}</p>
                {link && (
                  <Link to={link.path} {...(link.query && { query: link.query })}>
                    {link.text}
                  </Link>
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
