import { Body, Controller, Get, HttpCode, Param, Post, UseFilters, UseGuards } from '@nestjs/common';
import { SandboxAddress } from '../../http/sandbox-address.ts';
import { TokenGuard } from '../../identity/caller.ts';
import { StackRefusal } from '../engine/failures.ts';
import { HotError } from '../hot/hot-error.ts';
import { isMap } from '../hot/json.ts';
import type { JsonMap } from '../hot/json.ts';
import type { ParameterSchema, ParameterType } from '../hot/parameters.ts';
import type { PropertySchema, PropertySchemas } from '../hot/properties.ts';
import { SandboxOrchestration } from '../sandbox-orchestration.ts';
import { environmentDocument } from './heat-documents.ts';
import { badRequest, HeatErrorFilter, notFound } from './heat-error.ts';
import { At } from './stack-address.ts';
import type { StackAddress } from './stack-address.ts';
import { StackFinder } from './stack-finder.ts';
import { bodyOf, definitionOf } from './stack-request.ts';

const PARAMETER_TYPES: Readonly<Record<ParameterType, string>> = {
  string: 'String', number: 'Number', comma_delimited_list: 'CommaDelimitedList', json: 'Json', boolean: 'Boolean',
};

/** What is there besides stacks: versions, resource types, and a look at a template. */
@Controller('orchestration')
@UseFilters(HeatErrorFilter)
export class HeatController {
  constructor(
    private readonly orchestration: SandboxOrchestration,
    private readonly finder: StackFinder,
    private readonly address: SandboxAddress,
  ) {}

  @Get()
  @HttpCode(300)
  versions(): unknown {
    return { versions: [{ id: 'v1.0', status: 'CURRENT', links: [{ rel: 'self', href: `${this.address.url}/orchestration/v1/` }] }] };
  }

  @Get('v1/:project/build_info')
  @UseGuards(TokenGuard)
  buildInfo(@At() at: StackAddress): unknown {
    this.finder.projectOf(at);
    return { api: { revision: 'sandbox' }, engine: { revision: 'sandbox' } };
  }

  @Get('v1/:project/resource_types')
  @UseGuards(TokenGuard)
  types(@At() at: StackAddress): unknown {
    this.finder.projectOf(at);
    return { resource_types: this.orchestration.orchestrator.types.names() };
  }

  @Get('v1/:project/resource_types/:type')
  @UseGuards(TokenGuard)
  type(@At() at: StackAddress, @Param('type') name: string): unknown {
    this.finder.projectOf(at);
    const type = this.orchestration.orchestrator.types.get(name);
    if (!type) throw notFound('Resource Type', name);
    const attributes = [...new Set([...type.listedAttributes ?? type.attributes ?? [], 'show'])];
    return {
      resource_type: name, properties: propertyDocuments(type.schemas ?? {}),
      attributes: Object.fromEntries(attributes.map((each) => [each, { description: '' }])),
      support_status: { status: 'SUPPORTED', message: null, version: null, previous_status: null },
    };
  }

  @Post('v1/:project/validate')
  @HttpCode(200)
  @UseGuards(TokenGuard)
  validate(@At() at: StackAddress, @Body() json: unknown): unknown {
    const project = this.finder.projectOf(at);
    const definition = definitionOf(bodyOf(json ?? {}));
    const identity = { id: 'None', name: 'None', projectId: project, userId: at.caller.userId };
    const { template } = this.lookedAt(() => this.orchestration.orchestrator.validator.validate(identity, definition, 'loose'));
    const { encrypted_param_names: _, ...environment } = environmentDocument(definition.environment) as JsonMap;
    return {
      Description: template.description,
      Parameters: Object.fromEntries(template.parameters.map((schema) => [schema.name, parameterDocument(schema)])),
      ...(template.parameterGroups !== null && { ParameterGroups: template.parameterGroups }), Environment: environment,
    };
  }

  /** Here Heat gives what is wrong with a template no name of its own. */
  private lookedAt<T>(look: () => T): T {
    try {
      return look();
    } catch (error) {
      if (error instanceof HotError || error instanceof StackRefusal) throw badRequest(error.message);
      throw error;
    }
  }
}

function parameterDocument({ type, description, hidden, label, default: value, constraints }: ParameterSchema): JsonMap {
  const document: JsonMap = { Type: PARAMETER_TYPES[type], Description: description, NoEcho: hidden ? 'true' : 'false', Label: label };
  if (value !== undefined) document['Default'] = value;
  for (const { range, length, allowed_values: allowed, allowed_pattern: pattern, custom_constraint: custom, description: text } of constraints) {
    if (isMap(range)) Object.assign(document, bounds(range, 'Value'));
    if (isMap(length)) Object.assign(document, bounds(length, 'Length'));
    if (allowed !== undefined) document['AllowedValues'] = allowed;
    if (pattern !== undefined) document['AllowedPattern'] = pattern;
    if (custom !== undefined) document['CustomConstraint'] = custom;
    if (text !== undefined) document['ConstraintDescription'] = text;
  }
  return document;
}

function bounds({ min, max }: JsonMap, what: string): JsonMap {
  return { ...(min !== undefined && { [`Min${what}`]: min }), ...(max !== undefined && { [`Max${what}`]: max }) };
}

function propertyDocuments(schemas: PropertySchemas): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, propertyDocument(schema)]));
}

function propertyDocument(property: PropertySchema): Record<string, unknown> {
  const { type, required = false, update = false, immutable = false, default: value, constraints, schema } = property;
  return {
    type: type.toLowerCase(), required, update_allowed: update, immutable, ...(value !== undefined && { default: value }),
    ...(constraints && { constraints }),
    ...(schema && { schema: propertyDocuments(schema) }),
  };
}
