// Where a model comes from. TensorFlow Serving itself reads local folders and gs://; everything else is brought into a
// folder of the pod before it starts.
//
//   /path               a folder of the image
//   gs://bucket/path    Google Cloud Storage, read by the server
//   pvc://claim/path    a PersistentVolumeClaim, mounted read-only
//   s3://bucket/path    S3 or what speaks its protocol, copied by an init container
//   http(s)://...       a .tar.gz whose top level are the version folders, unpacked by an init container
//
// Every source yields {basePath, volumes, mounts, env, initContainers}.
local kf = import 'kfctl.libsonnet';

local nothing = { volumes: [], mounts: [], env: [], initContainers: [] };

local gcs(p, url) =
  local secret = p.optional('gcpCredentialSecretName');
  nothing { basePath: url } +
  if secret == null then {} else {
    volumes: [{ name: 'gcp-credentials', secret: { secretName: secret } }],
    mounts: [{ name: 'gcp-credentials', mountPath: '/secret/gcp-credentials', readOnly: true }],
    env: [{ name: 'GOOGLE_APPLICATION_CREDENTIALS', value: '/secret/gcp-credentials/user-gcp-sa.json' }],
  };

local claim(p, url) =
  local parts = std.split(std.substr(url, std.length('pvc://'), std.length(url)), '/');
  local folder = std.join('/', [x for x in parts[1:] if x != '']);
  nothing {
    basePath: '/mnt/model' + (if folder == '' then '' else '/' + folder),
    volumes: [{
      name: 'model',
      persistentVolumeClaim: {
        claimName: if parts[0] == '' then p.fail('modelBasePath', 'must be pvc://CLAIM/FOLDER') else parts[0],
        readOnly: true,
      },
    }],
    mounts: [{ name: 'model', mountPath: '/mnt/model', readOnly: true }],
  };

// `fetch` is the container that fills /models/NAME.
local fetched(name, fetch) = nothing {
  local folder = '/models/' + name,
  basePath: folder,
  volumes: [{ name: 'model', emptyDir: {} }],
  mounts: [{ name: 'model', mountPath: folder, readOnly: true }],
  initContainers: [{
    name: 'fetch-model',
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    securityContext: kf.restricted,
    volumeMounts: [{ name: 'model', mountPath: folder }],
  } + fetch(folder)],
};

local s3(p, name, url) =
  local secret = p.optional('s3SecretName');
  local key(variable, param) = {
    name: variable,
    valueFrom: { secretKeyRef: { name: secret, key: p.string(param) } },
  };
  local endpoint =
    if p.isSet('s3Endpoint')
    then ['--endpoint-url=%s://%s' % [if p.bool('s3UseHttps') then 'https' else 'http', p.string('s3Endpoint')]]
    else [];
  local verify = if p.bool('s3VerifySsl') then [] else ['--no-verify-ssl'];
  // Without a Secret the rights come from the ServiceAccount, or the bucket must be public.
  local anonymous = if secret == null && !p.isSet('serviceAccount') then ['--no-sign-request'] else [];
  fetched(name, function(folder) {
    image: p.string('s3Image'),
    command: ['aws', 's3', 'sync', '--no-progress'] + endpoint + verify + anonymous + [url, folder],
    env: [
      { name: 'HOME', value: '/tmp' },
      { name: 'AWS_DEFAULT_REGION', value: p.string('s3AwsRegion') },
    ] + if secret == null then [] else [
      key('AWS_ACCESS_KEY_ID', 's3SecretAccesskeyidKeyName'),
      key('AWS_SECRET_ACCESS_KEY', 's3SecretSecretaccesskeyKeyName'),
    ],
  });

local archive(p, name, url) = fetched(name, function(folder) {
  image: p.string('httpImage'),
  command: ['sh', '-ec', 'curl -fsSL --retry 5 -o /tmp/model.tar.gz "$URL"; tar -xzf /tmp/model.tar.gz -C "$FOLDER"'],
  env: [{ name: 'URL', value: url }, { name: 'FOLDER', value: folder }],
});

{
  new(p, name)::
    local url = p.string('modelBasePath');
    local is(prefix) = std.startsWith(url, prefix);
    if is('/') then nothing { basePath: url }
    else if is('gs://') then gcs(p, url)
    else if is('pvc://') then claim(p, url)
    else if is('s3://') then s3(p, name, url)
    else if is('http://') || is('https://') then archive(p, name, url)
    else p.fail('modelBasePath', "is '%s'; it starts with /, gs://, s3://, pvc://, http:// or https://" % url),
}
