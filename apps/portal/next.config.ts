import type { NextConfig } from 'next';
import { buildDir } from './src/server/build/env.ts';

const config: NextConfig = {
  distDir: buildDir,
  // Workspace packages are consumed as TypeScript source.
  transpilePackages: [
    '@slipway/api',
    '@slipway/db',
    '@slipway/domain',
    '@slipway/templates',
    '@slipway/ui',
    '@slipway/use-cases',
  ],
  serverExternalPackages: [
    '@prisma/adapter-pg',
    '@prisma/client',
    '@tus/file-store',
    '@tus/server',
    'better-auth',
    'graphile-worker',
    'pg',
    'prom-client',
  ],
  // `pnpm check` types the whole repository; a second check here would double the time of the first start.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  experimental: { optimizePackageImports: ['@slipway/ui', 'lucide-react'] },
  headers: async () => [
    {
      source: '/:path*',
      headers: [
        { key: 'X-Content-Type-Options', value: 'nosniff' },
        { key: 'Referrer-Policy', value: 'same-origin' },
        { key: 'X-Frame-Options', value: 'DENY' },
        { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
        { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=()' },
      ],
    },
  ],
};

export default config;
