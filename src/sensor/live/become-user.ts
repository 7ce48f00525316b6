import type { User } from './privileges.js';
import type { WorkerHandle } from './worker-handle.js';

/**
 * Makes the whole process go on as that user. Workers keep the right to capture, no thread has any other. Rejects when that
 * is not possible.
 */
export async function becomeUser(user: User, workers: readonly WorkerHandle[]): Promise<void> {
  if (process.getuid?.() === user.uid) return;
  await changeRights(workers, 'keep');
  process.setgroups?.([user.gid]);
  process.setgid?.(user.gid);
  process.setuid?.(user.uid);
  await changeRights(workers, 'limit');
}

async function changeRights(workers: readonly WorkerHandle[], step: 'keep' | 'limit'): Promise<void> {
  const answers = await Promise.all(workers.map((worker) => worker.ask({ type: 'rights', step })));
  const trouble = answers.find((answer) => answer?.error !== undefined || answer === null);
  if (trouble !== undefined) throw new Error(`--user: ${trouble?.error ?? 'a worker does not answer'}`);
}
