import { AuthFrame } from './auth-frame.tsx';
import { LoginForm } from './login-form.tsx';

/** safeNext keeps only paths of this portal: a link must not send a person elsewhere after sign-in. */
export function safeNext(next: string | undefined): string {
  const isPath = next !== undefined && /^\/(?![/\\])/.test(next) && !next.includes('\\');
  return isPath ? next : '/';
}

/** LoginPage is where everybody enters. */
export function LoginPage({ next }: { next: string }) {
  return (
    <AuthFrame title="Sign in" description="Accounts come by invitation. Ask a team admin if you have none.">
      <LoginForm next={next} />
    </AuthFrame>
  );
}
