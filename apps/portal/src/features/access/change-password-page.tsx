'use client';
import { AuthFrame } from './auth-frame.tsx';
import { ChangePasswordForm } from './change-password-form.tsx';

/** ChangePasswordPage is where a one-time password becomes one's own. */
export function ChangePasswordPage({ isForced, next }: { isForced: boolean; next: string }) {
  return (
    <AuthFrame
      title="Choose your password"
      description={isForced ? 'You signed in with a one-time password. Choose your own to go on.' : undefined}
    >
      <ChangePasswordForm onDone={() => window.location.assign(next)} />
    </AuthFrame>
  );
}
