// Loaded with --import into a child that knows nothing of its parent: when the parent is gone, so is the child.
process.on('disconnect', () => process.exit(0));
process.channel?.unref();
