/** TenantId names who a request is computed for; requests without one share the empty name. */
export type TenantId = string;

/** SERVICE_UNITS weigh tokens: a generated one takes about twice the machine of a prompt token (Sheng et al. 2024). */
export const SERVICE_UNITS = { promptToken: 1, generatedToken: 2 } as const;

/**
 * TenantShares counts what each tenant was given, so that the one that got least for its weight goes next. It is the virtual
 * token counter of "Fairness in Serving Large Language Models" (Sheng et al. 2024): whoever comes back after a pause is
 * lifted to the least served of those that stayed, so that nobody saves up a right to all of the machine.
 */
export class TenantShares {
  private readonly weights: ReadonlyMap<TenantId, number>;
  private readonly served = new Map<TenantId, number>();
  private readonly requests = new Map<TenantId, number>();

  constructor(weights: ReadonlyMap<TenantId, number> = new Map()) {
    for (const [tenant, weight] of weights) {
      if (!(weight > 0)) throw new RangeError(`The weight of tenant ${tenant} must be above 0, not ${weight}`);
    }
    this.weights = weights;
  }

  /** arrive counts a request in. */
  arrive(tenant: TenantId): void {
    const requests = this.requests.get(tenant) ?? 0;
    if (requests === 0) this.served.set(tenant, Math.max(this.servedTo(tenant), this.leastActive()));
    this.requests.set(tenant, requests + 1);
  }

  /** leave counts a request out; a tenant that has nothing to make up for is forgotten. */
  leave(tenant: TenantId): void {
    const requests = (this.requests.get(tenant) ?? 0) - 1;
    if (requests > 0) {
      this.requests.set(tenant, requests);
      return;
    }
    this.requests.delete(tenant);
    if (this.requests.size === 0) this.served.clear();
    else if (this.servedTo(tenant) <= this.leastActive()) this.served.delete(tenant);
  }

  /** charge adds service units to a tenant's account. */
  charge(tenant: TenantId, units: number): void {
    this.served.set(tenant, this.servedTo(tenant) + this.priceOf(tenant, units));
  }

  /** servedTo is what a tenant was given, divided by its weight. */
  servedTo(tenant: TenantId): number {
    return this.served.get(tenant) ?? 0;
  }

  /** priceOf is what so many units add to servedTo. */
  priceOf(tenant: TenantId, units: number): number {
    return units / (this.weights.get(tenant) ?? 1);
  }

  private leastActive(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const tenant of this.requests.keys()) least = Math.min(least, this.servedTo(tenant));
    return Number.isFinite(least) ? least : 0;
  }
}
