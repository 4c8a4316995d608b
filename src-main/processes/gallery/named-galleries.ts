// The galleries of a data folder by name: opened when first asked, and opened again after their process has died.

import { join } from 'node:path';
import { CROPS_NAME, galleryFolder } from '../../gallery/gallery-folder.ts';
import type { CallOptions } from '../rpc/client.ts';
import type { EventName, MethodName, Params, Result } from '../rpc/methods.ts';
import type { Supervised } from '../supervised.ts';
import type { GalleryService, InGallery } from './gallery-service.ts';
import type { ModelUses } from './model-uses.ts';

/** Methods of one gallery. */
export type GalleryMethod = {
  [M in MethodName<GalleryService>]: Params<GalleryService, M> extends InGallery ? M : never;
}[MethodName<GalleryService>];

export type GalleryParams<M extends GalleryMethod> = Omit<Params<GalleryService, M>, 'gallery'>;

export class NamedGalleries {
  readonly #service: Supervised<GalleryService>;
  readonly #dataFolder: string;
  readonly #actor: string;
  /** Of those that are to be open, the number in the process that runs now. */
  readonly #numbers = new Map<string, Promise<number>>();
  readonly #wanted = new Map<string, string>();

  /** `actor` is who is at the keyboard, for the audit log. */
  constructor(service: Supervised<GalleryService>, dataFolder: string, actor: string) {
    this.#service = service;
    this.#dataFolder = dataFolder;
    this.#actor = actor;
  }

  async list(): Promise<readonly { readonly name: string; readonly isOpen: boolean }[]> {
    const entries = await this.#service.call('list', { dataFolder: this.#dataFolder });
    return entries.map(({ name }) => ({ name, isOpen: this.#wanted.has(name) }));
  }

  /** Which of them have embeddings by which models; none is opened for it. */
  modelUses(): Promise<ModelUses> {
    return this.#service.call('modelUses', { dataFolder: this.#dataFolder });
  }

  /** Throws `bad-usage` where there is one of that name. */
  async create(name: string): Promise<void> {
    const folder = galleryFolder(this.#dataFolder, name);
    const { gallery } = await this.#service.call('create', { folder, actor: this.#actor });
    this.#numbers.set(name, Promise.resolve(gallery));
    this.#wanted.set(name, folder);
  }

  /** Makes a new one of an export; it is not opened. Throws `bad-usage` where there is one of that name. */
  importAs(
    name: string,
    source: string,
    options: CallOptions = {},
  ): Promise<Result<GalleryService, 'importGallery'>> {
    const folder = galleryFolder(this.#dataFolder, name);
    return this.#service.call('importGallery', { source, folder, actor: this.#actor }, options);
  }

  /** Throws `not-found`, and `in-use` while another program has it open. */
  async open(name: string): Promise<void> {
    await this.#numberOf(name);
  }

  async close(name: string): Promise<void> {
    const number = this.#numbers.get(name);
    this.#numbers.delete(name);
    this.#wanted.delete(name);
    if (number !== undefined) await this.#service.call('close', { gallery: await number });
  }

  /** Opens it first where it is not open. */
  async call<M extends GalleryMethod>(
    name: string,
    method: M,
    params: GalleryParams<M>,
    options: CallOptions = {},
  ): Promise<Result<GalleryService, M>> {
    const gallery = await this.#numberOf(name);
    return this.#service.call(method, { ...params, gallery } as Params<GalleryService, M>, options);
  }

  /** Opens it where it is not open. */
  async openCropsOf(name: string): Promise<string> {
    await this.#numberOf(name);
    return join(galleryFolder(this.#dataFolder, name), CROPS_NAME);
  }

  /** Where the crops of a gallery lie that is open; null for every other name. */
  cropsOf(name: string): string | null {
    const folder = this.#wanted.get(name);
    return folder === undefined ? null : join(folder, CROPS_NAME);
  }

  /** Hears an event with the gallery's name in place of its number. */
  on<E extends EventName<GalleryService>>(
    event: E,
    listener: (gallery: string, value: GalleryService['events'][E]) => void,
  ): void {
    this.#service.on(event, (value) => {
      void this.#nameOf(value.gallery).then((name) => {
        if (name !== null) listener(name, value);
      });
    });
  }

  /** Their process has ended, and their numbers with it. */
  forgetNumbers(): void {
    this.#numbers.clear();
  }

  #numberOf(name: string): Promise<number> {
    return this.#numbers.get(name) ?? this.#opened(name);
  }

  #opened(name: string): Promise<number> {
    const folder = galleryFolder(this.#dataFolder, name);
    const opening = this.#service
      .call('open', { folder, actor: this.#actor })
      .then(({ gallery }) => gallery)
      .catch((error: unknown) => {
        if (this.#numbers.get(name) === opening) this.#numbers.delete(name);
        this.#wanted.delete(name);
        throw error;
      });
    this.#numbers.set(name, opening);
    this.#wanted.set(name, folder);
    return opening;
  }

  async #nameOf(gallery: number): Promise<string | null> {
    for (const [name, number] of this.#numbers) {
      if ((await number.catch(() => null)) === gallery) return name;
    }
    return null;
  }
}
