import { describe, expect, it } from 'vitest';
import type { LocalFlavor } from './inventory.ts';
import { SlotLedger } from './slot-ledger.ts';

const cpu: LocalFlavor = {
  name: 'cpu',
  kind: 'cpu',
  model: 'x',
  memoryBytes: null,
  migProfile: null,
  totalSlots: 4,
  deviceIds: null,
};
const gpu: LocalFlavor = {
  ...cpu,
  name: 'nvidia-h200',
  kind: 'gpu',
  totalSlots: 2,
  deviceIds: ['GPU-a', 'GPU-b'],
};

function ledger(): SlotLedger {
  const slots = new SlotLedger();
  slots.setFlavors([cpu, gpu]);
  return slots;
}

describe('SlotLedger', () => {
  it('gives slots until they are in use, then says what is waited for, and gives them again after a release', () => {
    const slots = ledger();
    expect(slots.take('a', { flavor: 'cpu', slots: 3 })).toEqual({
      grant: { flavor: 'cpu', slots: 3, deviceIds: null },
    });
    expect(slots.take('b', { flavor: 'cpu', slots: 2 })).toEqual({
      waitsFor: 'waits for slots: 3 of 4 cpu slots are in use on this machine and it needs 2.',
    });
    slots.release('a');
    expect(slots.take('b', { flavor: 'cpu', slots: 2 })).toMatchObject({
      grant: { slots: 2 },
    });
  });
  it('never gives a device to two holders', () => {
    const slots = ledger();
    expect(slots.take('a', { flavor: 'nvidia-h200', slots: 1 })).toMatchObject({
      grant: { deviceIds: ['GPU-a'] },
    });
    expect(slots.take('b', { flavor: 'nvidia-h200', slots: 1 })).toMatchObject({
      grant: { deviceIds: ['GPU-b'] },
    });
    slots.release('a');
    expect(slots.take('c', { flavor: 'nvidia-h200', slots: 1 })).toMatchObject({
      grant: { deviceIds: ['GPU-a'] },
    });
  });
  it('says that a request larger than the machine can never be met', () => {
    expect(ledger().take('a', { flavor: 'cpu', slots: 9 })).toEqual({
      waitsFor: 'waits for slots: it needs 9 cpu slots and this machine has 4. Ask for fewer slots.',
    });
  });
  it('says that a flavour is not there', () => {
    expect(ledger().take('a', { flavor: 'tpu', slots: 1 })).toEqual({
      waitsFor: 'waits for slots: this machine has no "tpu" slots.',
    });
  });
});
