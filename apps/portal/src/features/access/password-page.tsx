'use client';
import { Card, PageHeader, toast } from '@slipway/ui';
import { ChangePasswordForm } from './change-password-form.tsx';

/** PasswordPage changes one's password. */
export function PasswordPage() {
  return (
    <div className="flex max-w-lg flex-col gap-5">
      <PageHeader
        crumbs={[{ label: 'Settings' }, { label: 'Password' }]}
        title="Password"
        description="Changing it signs you out everywhere else."
      />
      <Card>
        <ChangePasswordForm onDone={() => toast('Password changed')} />
      </Card>
    </div>
  );
}
