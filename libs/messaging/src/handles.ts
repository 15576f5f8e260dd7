import { Catch, UseFilters } from '@nestjs/common';
import type { ExceptionFilter } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Message, MessageContract } from './message.ts';

/** Hands errors on as they are: Nest's own filter would make all of them "Internal server error" before they can be told apart. */
@Catch()
class KeepErrors implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Marks a controller's method as the handler of `contract`. The method takes the message and returns the reply; what it
 * refuses by throwing a `DomainError` arrives at the sender as that refusal, any other error as a bug.
 *
 * @example
 * \@Handles(createBay)
 * create(message: Message<CreateBay>): Promise<Accepted> { … }
 */
export function Handles<Request, Reply>(contract: MessageContract<Request, Reply>) {
  return <M extends (message: Message<Request>) => Promise<Reply>>(
    target: object,
    key: string | symbol,
    method: TypedPropertyDescriptor<M>,
  ): void => {
    MessagePattern(contract.pattern)(target, key, method);
    UseFilters(KeepErrors)(target, key, method);
  };
}
