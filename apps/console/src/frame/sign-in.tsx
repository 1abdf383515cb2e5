import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { signIn } from '../api/commands.ts';
import { meQuery } from '../api/queries.ts';
import { ServiceError } from '../api/service.ts';
import { Button } from '../kit/button.tsx';
import { TextField } from '../kit/field.tsx';
import { errorText } from '../kit/states.tsx';
import { SIGN_IN } from '../texts.ts';

/** Takes an API key and gets a cookie for it. The page keeps no key. */
export function SignIn() {
  const client = useQueryClient();
  const [isMissing, setMissing] = useState(false);
  const enter = useMutation({ mutationFn: signIn, onSuccess: (me) => client.setQueryData(meQuery.queryKey, me) });
  const error = isMissing ? SIGN_IN.missing : enter.error ? signInError(enter.error) : undefined;
  return (
    <main className="sign-in">
      <h1>{SIGN_IN.title}</h1>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const key = String(new FormData(event.currentTarget).get('key')).trim();
          setMissing(key === '');
          if (key !== '') enter.mutate(key);
        }}
      >
        <TextField
          label={SIGN_IN.key}
          hint={SIGN_IN.hint}
          error={error}
          name="key"
          type="password"
          autoComplete="off"
          autoFocus
        />
        <Button look="primary" type="submit" disabled={enter.isPending}>
          {SIGN_IN.submit}
        </Button>
      </form>
    </main>
  );
}

function signInError(error: unknown): string {
  if (!(error instanceof ServiceError)) return errorText(error);
  if (error.status === 401) return SIGN_IN.unknown;
  if (error.status === 403) return SIGN_IN.scope;
  return error.status === 429 ? SIGN_IN.tooMany(error.retry_after_s) : error.message;
}
