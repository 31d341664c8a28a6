'use client';
import { Dialog, SkeletonRows, toast } from '@slipway/ui';
import { useRouter } from 'next/navigation';
import { lazy, Suspense } from 'react';

// The form brings the uploader and the schemas; the list does without until somebody registers.
const RegisterForm = lazy(async () => ({ default: (await import('./register-form-view.tsx')).RegisterFormView }));

/** RegisterDialog registers a model version; `model` is null while closed, and names the model of a new version. */
export function RegisterDialog({ team, model, onClose }: { team: string; model: string | null; onClose(): void }) {
  const router = useRouter();
  return (
    <Dialog
      isOpen={model !== null}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      title={model === null || model === '' ? 'Register model' : `Register version of ${model}`}
      description="The file is copied, checked and digested; the version is immutable from then on."
      width="lg"
    >
      {model === null ? null : (
        <Suspense fallback={<SkeletonRows label="Reading the form" />}>
          <RegisterForm
            team={team}
            model={model}
            onRegistered={(version) => {
              toast(`${version.label} is being imported`);
              router.push(`/teams/${team}/models/${version.model}/versions/${version.id}`);
            }}
          />
        </Suspense>
      )}
    </Dialog>
  );
}
