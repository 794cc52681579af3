import naraeFunction from './python/narae_function.py' with { type: 'text' };
import naraeAdapterPackage from './python/narae_adapter/__init__.py' with { type: 'text' };
import naraeAdapterAnswers from './python/narae_adapter/answers.py' with { type: 'text' };
import naraeAdapterApp from './python/narae_adapter/app.py' with { type: 'text' };
import naraeAdapterEvents from './python/narae_adapter/events.py' with { type: 'text' };
import naraeChildPackage from '../../sandbox/python/narae_child/__init__.py' with { type: 'text' };
import naraeChildCalling from '../../sandbox/python/narae_child/calling.py' with { type: 'text' };
import naraeChildContext from '../../sandbox/python/narae_child/context.py' with { type: 'text' };
import naraeChildEntryPoint from '../../sandbox/python/narae_child/entry_point.py' with { type: 'text' };
import naraeChildExits from '../../sandbox/python/narae_child/exits.py' with { type: 'text' };
import naraeChildFailure from '../../sandbox/python/narae_child/failure.py' with { type: 'text' };
import naraeChildReporting from '../../sandbox/python/narae_child/reporting.py' with { type: 'text' };
import naraeChildRequests from '../../sandbox/python/narae_child/requests.py' with { type: 'text' };
import naraeChildResults from '../../sandbox/python/narae_child/results.py' with { type: 'text' };
import naraeChildSource from '../../sandbox/python/narae_child/source.py' with { type: 'text' };
import naraeSupervisorPackage from '../../sandbox/python/narae_supervisor/__init__.py' with { type: 'text' };
import naraeSupervisorJsonDepth from '../../sandbox/python/narae_supervisor/json_depth.py' with { type: 'text' };
import spinSdkPackage from '../../sandbox/python/userlib/spin_sdk/__init__.py' with { type: 'text' };
import spinSdkHttp from '../../sandbox/python/userlib/spin_sdk/http.py' with { type: 'text' };

/** Texts of what the adapter is made of, by path from the repository's root: its own files, and the sandbox's that it uses. */
export const ADAPTER_SOURCES: Readonly<Record<string, string>> = {
  'lambdas/builds/adapter/python/narae_function.py': naraeFunction,
  'lambdas/builds/adapter/python/narae_adapter/__init__.py': naraeAdapterPackage,
  'lambdas/builds/adapter/python/narae_adapter/answers.py': naraeAdapterAnswers,
  'lambdas/builds/adapter/python/narae_adapter/app.py': naraeAdapterApp,
  'lambdas/builds/adapter/python/narae_adapter/events.py': naraeAdapterEvents,
  'lambdas/sandbox/python/narae_child/__init__.py': naraeChildPackage,
  'lambdas/sandbox/python/narae_child/calling.py': naraeChildCalling,
  'lambdas/sandbox/python/narae_child/context.py': naraeChildContext,
  'lambdas/sandbox/python/narae_child/entry_point.py': naraeChildEntryPoint,
  'lambdas/sandbox/python/narae_child/exits.py': naraeChildExits,
  'lambdas/sandbox/python/narae_child/failure.py': naraeChildFailure,
  'lambdas/sandbox/python/narae_child/reporting.py': naraeChildReporting,
  'lambdas/sandbox/python/narae_child/requests.py': naraeChildRequests,
  'lambdas/sandbox/python/narae_child/results.py': naraeChildResults,
  'lambdas/sandbox/python/narae_child/source.py': naraeChildSource,
  'lambdas/sandbox/python/narae_supervisor/__init__.py': naraeSupervisorPackage,
  'lambdas/sandbox/python/narae_supervisor/json_depth.py': naraeSupervisorJsonDepth,
  'lambdas/sandbox/python/userlib/spin_sdk/__init__.py': spinSdkPackage,
  'lambdas/sandbox/python/userlib/spin_sdk/http.py': spinSdkHttp,
};
