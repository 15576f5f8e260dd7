import { aManifest } from '../testing/samples.ts';
import { manifestProblems } from '../registry/validate-manifest.ts';
import { manifestDigest, newestTemplate, templateBundle, templatesOf } from './template-bundle.ts';
import type { TemplateDefinition } from './template-bundle.ts';

const definition: TemplateDefinition = {
  version: '1.0.0', files: { 'bay.yaml': 'heat_template_version: 2018-08-31' },
  parameters: { node_count: { type: 'number', default: 1 }, image: { type: 'string' } }, outputs: { api_address: { type: 'string' } },
};

describe('a template bundle', () => {
  it('has the digest of what it holds, however that is written down', () => {
    const { parameters: { image, node_count }, ...rest } = definition as TemplateDefinition & { parameters: Record<'image' | 'node_count', never> };
    const other = templateBundle({ parameters: { image, node_count }, ...rest });
    expect(other.digest).toBe(templateBundle(definition).digest);
    expect(other.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, Partial<TemplateDefinition>]>([
    ['a file', { files: { 'bay.yaml': 'heat_template_version: 2021-04-16' } }],
    ['a parameter', { parameters: { ...definition.parameters, image: { type: 'string', default: 'fedora' } } }],
    ['an output', { outputs: {} }],
    ['a default label', { defaultLabels: { kube_tag: 'v1.30' } }],
    ['the way back', { reversibleTo: '0.9.0' }],
  ])('has another digest when %s changes', (_what, change) => {
    expect(templateBundle({ ...definition, ...change }).digest).not.toBe(templateBundle(definition).digest);
  });

  it('has the same digest under another version', () => {
    expect(templateBundle({ ...definition, version: '1.0.1' }).digest).toBe(templateBundle(definition).digest);
  });
});

describe('the templates of a manifest', () => {
  const later = { ...definition, version: '1.10.0' };
  const sound = aManifest(templatesOf(later, { ...definition, version: '1.9.0' }));

  it('are its template versions, oldest first', () => {
    expect(sound.templateVersions).toEqual(['1.9.0', '1.10.0']);
    expect(manifestProblems(sound)).toEqual([]);
  });

  it('have a newest one, by version', () => {
    expect(newestTemplate(sound)).toEqual({ version: '1.10.0', bundle: templateBundle(later) });
    expect(newestTemplate(aManifest({ templateVersions: ['1.10.0', '1.2.0'] }))).toEqual({ version: '1.10.0' });
  });

  it.each([
    [{ bundles: [] }, 'bundles must list at least one template made by templateBundle or templatesOf'],
    [{ bundles: [definition] }, 'bundles must list at least one template made by templateBundle or templatesOf'],
    [{ templateVersions: ['1.9.0'] }, 'templateVersions must be those of bundles, in their order: use templatesOf'],
    [templatesOf(definition, definition), 'template 1.0.0 is there twice'],
    [{ ...templatesOf(definition), bundles: [{ ...templateBundle(definition), files: {} }] }, 'template 1.0.0: its digest is not that of what it holds'],
    [templatesOf({ ...definition, reversibleTo: '0.9.0' }), 'template 1.0.0: there is no template 0.9.0 to go back to'],
    [templatesOf({ ...definition, outputs: { a: { type: 'text' as 'string' } } }), 'template 1.0.0: the type of a must be one of string, number, boolean, json, list'],
  ])('are refused where they are %j', (change, problem) => {
    expect(manifestProblems({ ...sound, ...change })).toContain(problem);
  });
});

describe('the digest of a driver', () => {
  const manifest = aManifest(templatesOf(definition));

  it('depends on its data and its templates, not on how they are written down', () => {
    const { name, version, ...rest } = manifest;
    expect(manifestDigest({ ...rest, version, name })).toBe(manifestDigest(manifest));
    expect(manifestDigest({ ...manifest, version: '1.2.1' })).not.toBe(manifestDigest(manifest));
    expect(manifestDigest({ ...manifest, ...templatesOf({ ...definition, files: {} }) })).not.toBe(manifestDigest(manifest));
  });

  it('stays when an operator changes the state of the driver', () => {
    expect(manifestDigest({ ...manifest, state: 'retired' })).toBe(manifestDigest(manifest));
  });
});
