'use client';
import { Card, CopyableText, KeyValueList, Link } from '@slipway/ui';
import type { VersionDetail } from './types.ts';
import { versionHref } from './version-href.ts';

/** LineageCard says what a version came from, what uses it and what was made of it. */
export function LineageCard({ team, version }: { team: string; version: VersionDetail }) {
  const endpoints = version.usedByEndpoints.map(({ id, name }) => ({
    id,
    label: name,
    href: `/teams/${team}/endpoints/${name}`,
  }));
  const derived = version.derivedVersions.map(({ id, label }) => ({ id, label, href: versionHref(team, label, id) }));
  return (
    <Card title="Lineage and use">
      <KeyValueList
        items={[
          ...originOf(team, version),
          { label: 'Used by endpoints', value: <LinkList items={endpoints} /> },
          { label: 'Derived versions', value: <LinkList items={derived} /> },
        ]}
      />
    </Card>
  );
}

function originOf(team: string, version: VersionDetail) {
  const { lineage } = version;
  if (lineage === null) return [];
  // Runs and data sets are seen by their own team only; a shared version names them.
  const isOwn = version.team === team;
  const base = versionHref(team, lineage.baseLabel, lineage.baseVersionId);
  const run = `/teams/${team}/training/${lineage.runId}`;
  const dataset = `/teams/${team}/datasets?dataset=${lineage.datasetId}`;
  return [
    { label: 'Base', value: isOwn ? <TextLink href={base} label={lineage.baseLabel} /> : lineage.baseLabel },
    { label: 'Training run', value: isOwn ? <TextLink href={run} label={lineage.runName} /> : lineage.runName },
    { label: 'Data set', value: isOwn ? <TextLink href={dataset} label={lineage.datasetName} /> : lineage.datasetName },
    { label: 'Data set digest', value: <CopyableText text={lineage.datasetDigest} label="Copy data set digest" /> },
    { label: 'Template', value: `${lineage.templateId} ${lineage.templateVersion}` },
    { label: 'Code version', value: <span className="break-all font-mono text-[12.5px]">{lineage.codeVersion}</span> },
    { label: 'Params', value: <Params params={lineage.params} /> },
  ];
}

function TextLink({ href, label }: { href: string; label: string }) {
  return (
    <Link className="break-all text-accent-text hover:underline" href={href}>
      {label}
    </Link>
  );
}

function LinkList({ items }: { items: readonly { id: string; label: string; href: string }[] }) {
  if (items.length === 0) return <span className="text-ink-muted">none</span>;
  return (
    <ul className="flex flex-col gap-0.5">
      {items.map((item) => (
        <li key={item.id}>
          <TextLink href={item.href} label={item.label} />
        </li>
      ))}
    </ul>
  );
}

function Params({ params }: { params: Record<string, unknown> }) {
  return (
    <span className="font-mono text-[12.5px]">
      {Object.entries(params).map(([name, value]) => (
        <span key={name} className="block break-all">
          {name} = {typeof value === 'object' ? JSON.stringify(value) : String(value)}
        </span>
      ))}
    </span>
  );
}
