'use client';
import {
  Card,
  DataTable,
  EmptyState,
  formatBytes,
  formatPrice,
  KeyValueList,
  PageHeader,
  Progress,
  RelativeTime,
  StatusBadge,
} from '@slipway/ui';
import { useQuery } from '@tanstack/react-query';
import { Cpu } from 'lucide-react';
import { Loaded } from '@/components/loaded.tsx';
import { useTRPC } from '@/trpc/client.tsx';

const KIND_WORDS = { cpu: 'CPU', gpu: 'GPU', mig: 'GPU instance (MIG)' };

/** ClustersPage shows where things run: machines, flavours, and how much of them is granted and used. */
export function ClustersPage() {
  const trpc = useTRPC();
  const clusters = useQuery(trpc.catalog.listClusters.queryOptions({}));
  return (
    <div className="flex flex-col gap-5">
      <PageHeader
        crumbs={[{ label: 'Platform' }, { label: 'Clusters' }]}
        title="Clusters"
        description="Where runs and endpoints run. A flavour is one kind of slot: cores, GPUs or parts of a GPU."
      />
      <Loaded query={clusters} label="clusters">
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <EmptyState
                icon={Cpu}
                title="No cluster yet"
                description="The worker registers this machine when it starts. Check that the worker runs."
              />
            </Card>
          ) : (
            items.map((cluster) => <ClusterCard key={cluster.id} cluster={cluster} />)
          )
        }
      </Loaded>
    </div>
  );
}

type Cluster = Parameters<typeof clusterFacts>[0] & {
  id: string;
  name: string;
  status: string;
  flavors: readonly Flavor[];
};
interface Flavor {
  id: string;
  name: string;
  kind: keyof typeof KIND_WORDS;
  model: string;
  memoryBytes: number | null;
  migProfile: string | null;
  totalSlots: number;
  grantedSlots: number;
  usedSlots: number;
  priceMicrosPerSlotHour: number | null;
}

function clusterFacts(cluster: {
  driver: string;
  condition: { message: string } | null;
  machine: { cpuModel: string; cores: number; memoryBytes: number; hostname: string } | null;
  observedAt: string | null;
}) {
  const { machine } = cluster;
  return [
    { label: 'Driver', value: cluster.driver === 'local' ? 'local processes' : 'Kubernetes' },
    ...(machine === null
      ? []
      : [
          { label: 'Machine', value: machine.hostname },
          { label: 'Processor', value: `${machine.cpuModel}, ${machine.cores} cores` },
          { label: 'Memory', value: formatBytes(machine.memoryBytes) },
        ]),
    { label: 'Last seen', value: <RelativeTime at={cluster.observedAt} /> },
    ...(cluster.condition === null ? [] : [{ label: 'State', value: cluster.condition.message }]),
  ];
}

function ClusterCard({ cluster }: { cluster: Cluster }) {
  return (
    <Card isFlush title={cluster.name} actions={<StatusBadge status={cluster.status} />}>
      <KeyValueList columns={3} className="border-line border-b p-4" items={clusterFacts(cluster)} />
      <DataTable
        label={`Flavours of ${cluster.name}`}
        rows={cluster.flavors}
        getRowId={(flavor) => flavor.id}
        empty={<EmptyState title="No flavours" description="The driver has not seen any processor or GPU yet." />}
        columns={[
          { id: 'name', header: 'Flavour', isRowHeader: true, cell: (flavor) => flavor.name },
          { id: 'kind', header: 'Kind', cell: (flavor) => KIND_WORDS[flavor.kind] },
          {
            id: 'model',
            header: 'Device',
            cell: (flavor) => [flavor.model, flavor.migProfile].filter(Boolean).join(' · '),
          },
          {
            id: 'memory',
            header: 'Memory',
            align: 'right',
            cell: (flavor) => (flavor.memoryBytes === null ? '–' : formatBytes(flavor.memoryBytes)),
          },
          {
            id: 'price',
            header: 'Price',
            align: 'right',
            cell: (flavor) => formatPrice(flavor.priceMicrosPerSlotHour, 'slot h'),
          },
          {
            id: 'granted',
            header: 'Granted',
            align: 'right',
            cell: (flavor) => `${flavor.grantedSlots} of ${flavor.totalSlots}`,
          },
          {
            id: 'used',
            header: 'In use',
            className: 'sm:w-56',
            cell: (flavor) => (
              <span className="flex min-w-40 items-center gap-3">
                <Progress
                  value={flavor.totalSlots === 0 ? 0 : flavor.usedSlots / flavor.totalSlots}
                  label={`${flavor.name} slots in use`}
                />
                <span className="numeric whitespace-nowrap">
                  {flavor.usedSlots} of {flavor.totalSlots}
                </span>
              </span>
            ),
          },
        ]}
      />
    </Card>
  );
}
