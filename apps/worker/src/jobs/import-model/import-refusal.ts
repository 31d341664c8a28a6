/** ImportRefusal is why an import cannot succeed as it is; its message says what to do. Anything else that is thrown may go away by itself. */
export class ImportRefusal extends Error {
  readonly reason: string;
  constructor(reason: string, message: string) {
    super(message);
    this.name = 'ImportRefusal';
    this.reason = reason;
  }
}
