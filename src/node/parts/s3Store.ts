import { FewshotError, UsageError } from '../../core/errors.js';
import type { Store } from './store.js';

/** Parts of the S3 client that a store needs. */
type S3 = typeof import('@aws-sdk/client-s3');

/**
 * A prefix of a bucket, `s3://bucket/prefix`. Region, endpoint and credentials come from the environment, as the AWS SDK reads
 * it. Writing is conditional (`If-None-Match`), so the first text of a name counts.
 *
 * @throws UsageError if the client is not installed, or the bucket cannot be reached
 */
export async function s3Store(place: string): Promise<Store> {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9.-]{3,63})(?:\/(.*))?$/.exec(place) ?? [];
  if (bucket === undefined) {
    throw new UsageError(`${place} names no bucket`, {
      hint: 'Name it as s3://bucket/prefix.',
      option: 'store',
    });
  }
  const { S3Client, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } =
    await load();
  const client = new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
  const keyOf = (name: string) => ({
    Bucket: bucket,
    Key: [prefix.replace(/\/+$/, ''), name].filter(Boolean).join('/'),
  });
  try {
    // Unlike HeadBucket, its answer says what is wrong.
    await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }));
  } catch (cause) {
    throw new UsageError(`cannot reach ${place}: ${reasonOf(cause)}`, {
      hint: 'Set AWS_REGION and credentials in the environment, and AWS_ENDPOINT_URL for a service of your own.',
      option: 'store',
      cause,
    });
  }
  const failed = (what: string, name: string, cause: unknown) =>
    new FewshotError(`cannot ${what} ${place}/${name}: ${reasonOf(cause)}`, {
      hint: 'Renew credentials in the environment; then start the same command again.',
      cause,
    });
  async function readBytes(name: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await client.send(new GetObjectCommand(keyOf(name)));
      return await Body!.transformToByteArray();
    } catch (cause) {
      if (nameOf(cause) === 'NoSuchKey') return undefined;
      throw failed('read', name, cause);
    }
  }
  async function read(name: string): Promise<string | undefined> {
    const bytes = await readBytes(name);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString();
  }
  return {
    name: place,
    async has(name) {
      try {
        await client.send(new HeadObjectCommand(keyOf(name)));
        return true;
      } catch (cause) {
        if (nameOf(cause) === 'NotFound') return false;
        // The answer to HEAD has no text, so that of another request says what is wrong.
        return (await readBytes(name)) !== undefined;
      }
    },
    read,
    readBytes,
    async commit(name, content) {
      try {
        await client.send(new PutObjectCommand({ ...keyOf(name), Body: content, IfNoneMatch: '*' }));
        return true;
      } catch (cause) {
        if (['PreconditionFailed', 'ConditionalRequestConflict'].includes(nameOf(cause))) return false;
        throw failed('write', name, cause);
      }
    },
    close: () => client.destroy(),
  };
}

async function load(): Promise<S3> {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (cause) {
    throw new UsageError('a store on S3 needs the package @aws-sdk/client-s3', {
      hint: 'npm install @aws-sdk/client-s3',
      option: 'store',
      cause,
    });
  }
}

const nameOf = (error: unknown) => (error as Error).name;

const reasons: Record<string, string> = {
  NotFound: 'there is no such bucket',
  NoSuchBucket: 'there is no such bucket',
  Forbidden: 'access denied',
  AccessDenied: 'access denied',
  ExpiredToken: 'the credentials have expired',
  ExpiredTokenException: 'the credentials have expired',
  InvalidAccessKeyId: 'the credentials are unknown',
  SignatureDoesNotMatch: 'the credentials are wrong',
  CredentialsProviderError: 'there are no credentials',
};

function reasonOf(error: unknown): string {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  return reasons[name] ?? ($metadata?.httpStatusCode === 403 ? 'access denied' : message || name);
}
