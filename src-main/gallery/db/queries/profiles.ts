// FaceBN profiles, kept with the gallery whose embeddings were made by them.

import type { Database } from 'better-sqlite3';

export interface StoredProfile {
  /** Of what the profile says, hex; its file may differ in when it was made. */
  readonly digest: string;
  readonly modelDigest: string;
  readonly name: string;
  /** The profile's file. */
  readonly content: Uint8Array;
}

export function putProfile(database: Database, profile: StoredProfile, at: number): void {
  database
    .prepare(
      `INSERT INTO profiles (digest, model_digest, name, content, created_at) VALUES (@digest, @modelDigest, @name, @content, @at)
       ON CONFLICT (digest) DO NOTHING`,
    )
    .run({ ...profile, at });
}

export function profileByDigest(database: Database, digest: string): StoredProfile | null {
  const row = database
    .prepare('SELECT digest, model_digest AS modelDigest, name, content FROM profiles WHERE digest = ?')
    .get(digest);
  return (row as StoredProfile | undefined) ?? null;
}
