// What the packages of the built-in registry share: reading parameters, naming one instance, common objects.
//
// kfctl puts this file on the import path of every component; under ksonnet copy it into the app's lib/ folder.
// A package starts with
//   local kf = import 'kfctl.libsonnet';
//   local p = kf.params(params);             // p.int('replicas'), p.choice('serviceType', [...])
//   local app = kf.app('webapp', env, p);    // names, labels, namespace
//   local hub = app.part('hub');             // one Deployment's worth of names and labels inside the app
// and ends with a List. Only Kubernetes objects are manifested, so nothing here costs time unless it is used.
local lower = 'abcdefghijklmnopqrstuvwxyz';
local digits = '0123456789';

// True if every character of `s` is one of `allowed`. An object is the set whose look-up is built into every engine.
local madeOf(s, allowed) =
  local set = { [c]: true for c in std.stringChars(allowed) };
  std.length([c for c in std.stringChars(s) if !std.objectHas(set, c)]) == 0;
local isInt(s) = s != '' && madeOf(s, digits);
local isUnset(v) = v == null || v == '' || v == 'null';

{
  // Parameters as the user meant them. `--replicas 3` arrives as 3 or as "3", `true` as true or "true", a list as
  // ["a","b"] or as "a,b", and ksonnet writes the default `null` of a string as "null"; all of these are accepted.
  // Everything else fails and says which parameter of which component is wrong and what it may be.
  params(params):: {
    local this = self,
    local fail(name, problem) = error "component '%s': parameter '%s' %s" % [this.component, name, problem],
    local shown(v) = std.manifestJsonEx(v, ''),
    local raw(name) =
      if std.objectHas(params, name) then params[name]
      else fail(name, 'is missing; set it with: kfctl param set %s %s VALUE' % [this.component, name]),

    component:: if std.objectHas(params, 'name') then std.toString(params.name) else 'unnamed',

    isSet(name):: std.objectHas(params, name) && !isUnset(params[name]),

    // Null when the parameter is not set.
    optional(name):: if self.isSet(name) then std.toString(params[name]) else null,

    string(name)::
      if isUnset(raw(name)) then fail(name, 'must not be empty') else std.toString(raw(name)),

    // A whole number >= min.
    int(name, min=0)::
      local v = raw(name);
      local n =
        if std.isNumber(v) && v == std.floor(v) then v
        else if std.isString(v) && isInt(v) then std.parseInt(v)
        else fail(name, 'must be a whole number, not %s' % shown(v));
      if n < min then fail(name, 'must be at least %d, not %d' % [min, n]) else n,

    optionalInt(name, min=0):: if self.isSet(name) then self.int(name, min) else null,

    bool(name)::
      local v = raw(name);
      if std.isBoolean(v) then v
      else if v == 'true' then true
      else if v == 'false' then false
      else fail(name, 'must be true or false, not %s' % shown(v)),

    choice(name, allowed)::
      local v = this.string(name);
      if std.member(allowed, v) then v
      else fail(name, "is '%s'; allowed: %s" % [v, std.join(', ', allowed)]),

    array(name)::
      local v = raw(name);
      if std.isArray(v) then v
      else if isUnset(v) then []
      else if std.isString(v) then std.split(v, ',')
      else fail(name, 'must be a list, not %s' % shown(v)),

    // An array whose elements Kubernetes wants as strings: args, command, hosts.
    strings(name):: [std.toString(x) for x in self.array(name)],

    object(name)::
      local v = raw(name);
      if std.isObject(v) then v
      else if isUnset(v) then {}
      else fail(name, 'must be an object, not %s' % shown(v)),

    // A label-safe DNS name that leaves room for the suffixes the packages add.
    dnsName(name)::
      local v = this.string(name);
      if std.length(v) <= 45 && madeOf(v, lower + digits + '-') && madeOf(v[0], lower) && v[std.length(v) - 1] != '-' then v
      else fail(name, "is '%s'; use at most 45 lower-case letters, digits and '-', starting with a letter" % v),

    // Refuses a parameter that would do nothing: `name` only means something together with `needed`.
    onlyWith(name, needed, isGiven):: self.isSet(name) && !isGiven && fail(name, 'does nothing without ' + needed),

    fail:: fail,
  },

  // One instance of a package. Every name starts with the parameter `name`, so two instances never clash; names of
  // cluster-wide objects also carry the namespace, so that two environments may share a cluster.
  app(package, env, p):: {
    local name = p.dnsName('name'),
    name: name,
    namespace: env.namespace,
    clusterName(suffix=''):: '%s-%s%s' % [env.namespace, name, suffix],

    part(component='', extraSelector={}):: {
      local part = self,
      name: if component == '' then name else name + '-' + component,
      selector: {
        'app.kubernetes.io/name': package,
        'app.kubernetes.io/instance': name,
        [if component != '' then 'app.kubernetes.io/component']: component,
      } + extraSelector,
      labels: self.selector { 'app.kubernetes.io/part-of': 'kubeflow' },
      meta(suffix=''):: { name: part.name + suffix, namespace: env.namespace, labels: part.labels },
      clusterMeta(suffix=''):: { name: '%s-%s%s' % [env.namespace, part.name, suffix], labels: part.labels },
    },
  },

  // What a component evaluates to. Parts that are switched off are null and left out.
  list(objects):: { apiVersion: 'v1', kind: 'List', items: [o for o in objects if o != null] },

  // A container that passes the `restricted` Pod Security level; the image must not run as root.
  restricted:: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  },

  // {"A": 1} -> [{name: A, value: "1"}], sorted by name.
  env(object):: [{ name: k, value: std.toString(object[k]) } for k in std.objectFields(object)],

  // Changes whenever `data` does. As a pod annotation it turns a change of configuration into a rolling update.
  checksum(data):: std.md5(std.toString(data)),

  // GPUs go into limits only: Kubernetes copies them into requests and refuses a difference.
  withGpus(resources, count)::
    if count == 0 then resources
    else resources { limits+: { 'nvidia.com/gpu': count } },

  // `replicas` null leaves the number to an autoscaler.
  deployment(part, pod, replicas=1, annotations={}, labels={}, strategy=null):: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: part.meta(),
    spec: {
      [if replicas != null then 'replicas']: replicas,
      [if strategy != null then 'strategy']: strategy,
      selector: { matchLabels: part.selector },
      template: {
        metadata: {
          labels: part.labels + labels,
          [if annotations != {} then 'annotations']: annotations,
        },
        spec: pod,
      },
    },
  },

  service(part, ports, type='ClusterIP', suffix='', annotations={}):: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: part.meta(suffix) { [if annotations != {} then 'annotations']: annotations },
    spec: { type: type, selector: part.selector, ports: ports },
  },

  configMap(part, data, suffix=''):: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: part.meta(suffix),
    data: data,
  },

  // A Secret whose data something in the cluster fills in: `data` is absent, so that a later apply does not own it.
  emptySecret(part, suffix=''):: {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: part.meta(suffix),
    type: 'Opaque',
  },

  serviceAccount(part, automount=true):: {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: part.meta(),
    automountServiceAccountToken: automount,
  },

  // One RBAC rule; the core group is ''.
  rule(group, resources, verbs, names=[]):: {
    apiGroups: [group],
    resources: resources,
    verbs: verbs,
    [if names != [] then 'resourceNames']: names,
  },

  fullVerbs:: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],

  // The part's ServiceAccount may do `rules`, in its own namespace or (`cluster`) in all of them.
  grant(part, rules, cluster=false)::
    local prefix = if cluster then 'Cluster' else '';
    local meta = if cluster then part.clusterMeta() else part.meta();
    [
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: prefix + 'Role', metadata: meta, rules: rules },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: prefix + 'RoleBinding',
        metadata: meta,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: prefix + 'Role', name: meta.name },
        subjects: [{ kind: 'ServiceAccount', name: part.name, namespace: part.meta().namespace }],
      },
    ],

  // `storageClass` null means the cluster's default class.
  pvc(part, size, storageClass=null, suffix=''):: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: part.meta(suffix),
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: size } },
      [if storageClass != null then 'storageClassName']: storageClass,
    },
  },
}
