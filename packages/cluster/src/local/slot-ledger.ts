import type { LocalFlavor } from './inventory.ts';

/** SlotGrant is slots that a workload holds; deviceIds is null where slots are shares of the processor. */
export interface SlotGrant {
  flavor: string;
  slots: number;
  deviceIds: string[] | null;
}

/** SlotDecision is a grant, or what the workload waits for, in words. */
export type SlotDecision = { grant: SlotGrant } | { waitsFor: string };

/** SlotLedger hands a machine's slots out and takes them back; a device is never held twice. */
export class SlotLedger {
  #flavors = new Map<string, LocalFlavor>();
  #held = new Map<string, SlotGrant>();

  /** setFlavors takes a new inventory; grants that are held stay. */
  setFlavors(flavors: readonly LocalFlavor[]): void {
    this.#flavors = new Map(flavors.map((flavor) => [flavor.name, flavor]));
  }

  /** take gives slots to a holder, who keeps them until `release`. */
  take(holder: string, request: { flavor: string; slots: number }): SlotDecision {
    const flavor = this.#flavors.get(request.flavor);
    if (flavor === undefined)
      return {
        waitsFor: `waits for slots: this machine has no "${request.flavor}" slots.`,
      };
    const used = this.usedSlots(flavor.name);
    if (request.slots > flavor.totalSlots) {
      return {
        waitsFor: `waits for slots: it needs ${request.slots} ${flavor.name} slots and this machine has ${flavor.totalSlots}. Ask for fewer slots.`,
      };
    }
    if (request.slots > flavor.totalSlots - used) {
      return {
        waitsFor: `waits for slots: ${used} of ${flavor.totalSlots} ${flavor.name} slots are in use on this machine and it needs ${request.slots}.`,
      };
    }
    const grant: SlotGrant = {
      flavor: flavor.name,
      slots: request.slots,
      deviceIds: null,
    };
    if (flavor.deviceIds !== null) {
      const busy = this.#busyDevices();
      grant.deviceIds = flavor.deviceIds.filter((id) => !busy.has(id)).slice(0, request.slots);
    }
    this.#held.set(holder, grant);
    return { grant };
  }

  /** release gives a holder's slots back; a holder of nothing is fine. */
  release(holder: string): void {
    this.#held.delete(holder);
  }

  /** usedSlots is how many slots of a flavour are held. */
  usedSlots(flavor: string): number {
    let used = 0;
    for (const grant of this.#held.values()) if (grant.flavor === flavor) used += grant.slots;
    return used;
  }

  #busyDevices(): Set<string> {
    return new Set([...this.#held.values()].flatMap((grant) => grant.deviceIds ?? []));
  }
}
