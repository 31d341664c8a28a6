import { readE2eConfig } from '../env.ts';
import { Rest, waitFor } from './rest.ts';

const config = readE2eConfig();

/** MEMBER is the ML engineer of the journeys. */
export const MEMBER = { email: 'ada@example.com', name: 'Ada Byron', password: 'analytical-engine' };
/** TEAM is the team of the journeys. */
export const TEAM = { slug: 'vision', name: 'Vision' };

/** Company is the people of the journeys, signed in over REST. */
export interface Company {
  admin: Rest;
  member: Rest;
}

/** openCompany makes what a journey needs before it begins: a team, its member and `slots` granted CPU slots; what is there already stays. */
export async function openCompany(slots = 4): Promise<Company> {
  const admin = await Rest.signIn(config.adminEmail, config.adminPassword);
  const teams = await admin.get<{ items: { slug: string }[] }>('/teams');
  if (!teams.items.some((team) => team.slug === TEAM.slug)) await admin.post('/teams', TEAM);
  const member = await signInMember(admin);
  const quota = await admin.get<{ items: { flavor: string; grantedSlots: number }[] }>(`/teams/${TEAM.slug}/quota`);
  const granted = quota.items.find((item) => item.flavor === 'cpu')?.grantedSlots ?? 0;
  if (granted < slots) {
    const request = await member.post<{ id: string }>(`/teams/${TEAM.slug}/quota/requests`, {
      flavor: 'cpu',
      slots: slots - granted,
      durationHours: 24,
      purpose: 'the journeys',
    });
    await admin.post(`/quota/requests/${request.id}/approve`, {});
  }
  return { admin, member };
}

async function signInMember(admin: Rest): Promise<Rest> {
  const team = await admin.get<{ members: { email: string }[] }>(`/teams/${TEAM.slug}`);
  if (!team.members.some((each) => each.email === MEMBER.email)) {
    const { acceptPath } = await admin.post<{ acceptPath: string }>(`/teams/${TEAM.slug}/invitations`, {
      email: MEMBER.email,
    });
    const token = acceptPath.split('/').at(-1) ?? '';
    await admin.post(`/invitations/${token}/accept`, { name: MEMBER.name, password: MEMBER.password });
  }
  return Rest.signIn(MEMBER.email, MEMBER.password);
}

interface Version {
  id: string;
  label: string;
  status: string;
}

/** starterVersion is the tiny base's version, once it is imported. */
export function starterVersion(company: Company): Promise<Version> {
  return waitFor('the tiny base', async () => {
    const { items } = await company.member.get<{ items: Version[] }>(`/teams/${TEAM.slug}/versions`);
    return items.find((version) => version.label.includes('tiny') && version.status === 'ready');
  });
}

/** deployReady deploys a version as an endpoint and waits until it is ready. */
export async function deployReady(company: Company, name: string, versionId: string): Promise<void> {
  const { items } = await company.member.get<{ items: { name: string }[] }>(`/teams/${TEAM.slug}/endpoints`);
  if (!items.some((endpoint) => endpoint.name === name)) {
    await company.member.post(`/teams/${TEAM.slug}/endpoints`, {
      name,
      versionId,
      contextTokens: 512,
      maxConcurrency: 8,
    });
  }
  await waitStatus(company, name, 'ready');
}

/** waitStatus waits until an endpoint has a status. */
export async function waitStatus(company: Company, name: string, status: string): Promise<void> {
  await waitFor(`endpoint ${name} to be ${status}`, async () => {
    const endpoint = await company.member.get<{ status: string }>(`/teams/${TEAM.slug}/endpoints/${name}`);
    return endpoint.status === status;
  });
}

/** removeEndpoint deletes an endpoint, so that its slots are free for the next journey. */
export async function removeEndpoint(company: Company, name: string): Promise<void> {
  await company.member.send('DELETE', `/teams/${TEAM.slug}/endpoints/${name}?confirm=${name}`);
}
