import { AuthFrame } from './auth-frame.tsx';
import { LoginForm } from './login-form.tsx';

/** LoginPage is where everybody enters. */
export function LoginPage({ next }: { next: string }) {
  return (
    <AuthFrame title="Sign in" description="Accounts come by invitation. Ask a team admin if you have none.">
      <LoginForm next={next} />
    </AuthFrame>
  );
}
