// The wheels that carry TensorFlow and its CUDA libraries: exact files, their SHA-256, and what we take from each.
// To move to another TensorFlow, put new names and digests here (`pip install --dry-run --report -
// 'tensorflow[and-cuda]==<version>'` prints them) and run the tests.

export const TENSORFLOW_VERSION = '2.21.0';

/**
 * @typedef {object} Wheel
 * @property {string} requirement what pip downloads
 * @property {string} file the one file that is accepted
 * @property {string} sha256
 * @property {number} fileBytes 0 where not measured
 * @property {number} unpackedBytes of what we take; 0 where not measured
 * @property {readonly (readonly [string, string])[]} take pairs of prefixes: inside the wheel, inside the runtime folder
 */

// Of 287 MB of headers the binding reads these four folders.
const TENSORFLOW_PARTS = /** @type {const} */ ([
  ['tensorflow/libtensorflow_cc.so.2', 'lib/libtensorflow_cc.so.2'],
  ['tensorflow/libtensorflow_framework.so.2', 'lib/libtensorflow_framework.so.2'],
  ['tensorflow/include/tensorflow/c/', 'include/tensorflow/c/'],
  ['tensorflow/include/tensorflow/core/platform/', 'include/tensorflow/core/platform/'],
  ['tensorflow/include/tsl/platform/', 'include/tsl/platform/'],
  ['tensorflow/include/xla/tsl/c/', 'include/xla/tsl/c/'],
]);

/** @type {Wheel} */
const CPU_WHEEL = {
  requirement: `tensorflow-cpu==${TENSORFLOW_VERSION}`,
  file: `tensorflow_cpu-${TENSORFLOW_VERSION}-cp311-cp311-manylinux_2_27_x86_64.whl`,
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  fileBytes: 273_829_956,
  unpackedBytes: 854_300_000,
  take: TENSORFLOW_PARTS,
};

/** @type {Wheel} */
const GPU_WHEEL = {
  requirement: `tensorflow==${TENSORFLOW_VERSION}`,
  file: `tensorflow-${TENSORFLOW_VERSION}-cp311-cp311-manylinux_2_27_x86_64.whl`,
  sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
  fileBytes: 572_440_367,
  unpackedBytes: 1_260_000_000,
  take: TENSORFLOW_PARTS,
};

/**
 * What the wheel's extra `and-cuda` asks for, as pip resolved it. TensorFlow's libraries look for
 * `$ORIGIN/../nvidia/<component>/lib`, and the CUDA libraries for each other the same way.
 */
const CUDA_WHEELS = [
  cudaWheel(
    'cublas',
    '12.9.3.13',
    'manylinux_2_27_x86_64',
    'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  ),
  cudaWheel(
    'cuda_cupti',
    '12.8.90',
    'manylinux2014_x86_64.manylinux_2_17_x86_64',
    'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
  ),
  cudaWheel(
    'cuda_nvcc',
    '12.9.86',
    'manylinux2010_x86_64.manylinux_2_12_x86_64',
    '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  ),
  cudaWheel(
    'cuda_nvrtc',
    '12.9.86',
    'manylinux2010_x86_64.manylinux_2_12_x86_64',
    '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  ),
  cudaWheel(
    'cuda_runtime',
    '12.9.79',
    'manylinux2014_x86_64.manylinux_2_17_x86_64',
    '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  ),
  cudaWheel(
    'cudnn',
    '9.28.0.42',
    'manylinux_2_27_x86_64',
    '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
  ),
  cudaWheel(
    'cufft',
    '11.4.1.4',
    'manylinux2014_x86_64.manylinux_2_17_x86_64',
    'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  ),
  cudaWheel(
    'curand',
    '10.3.10.19',
    'manylinux_2_27_x86_64',
    '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  ),
  cudaWheel(
    'cusolver',
    '11.7.5.82',
    'manylinux_2_27_x86_64',
    '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
  ),
  cudaWheel(
    'cusparse',
    '12.5.10.65',
    'manylinux2014_x86_64.manylinux_2_17_x86_64',
    '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  ),
  cudaWheel(
    'nccl',
    '2.32.3',
    'manylinux_2_27_x86_64',
    'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  ),
  cudaWheel(
    'nvjitlink',
    '12.9.86',
    'manylinux2010_x86_64.manylinux_2_12_x86_64',
    'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  ),
];

/**
 * @param {string} component folder inside the wheel's `nvidia/`
 * @param {string} version
 * @param {string} platform the file name's platform tags
 * @param {string} sha256
 * @returns {Wheel}
 */
function cudaWheel(component, version, platform, sha256) {
  const inside = `nvidia/${component}`;
  // The compiler's wheel has no lib folder: XLA wants its assembler and device library.
  const parts = component === 'cuda_nvcc' ? ['bin/', 'nvvm/libdevice/'] : ['lib/'];
  return {
    requirement: `nvidia-${component.replaceAll('_', '-')}-cu12==${version}`,
    file: `nvidia_${component}_cu12-${version}-py3-none-${platform}.whl`,
    sha256,
    fileBytes: 0,
    unpackedBytes: 0,
    take: parts.map((part) => /** @type {const} */ ([`${inside}/${part}`, `${inside}/${part}`])),
  };
}

/**
 * The wheels of a build; TensorFlow itself comes first.
 * @param {'cpu' | 'gpu'} device
 * @returns {Wheel[]}
 */
export function wheelsFor(device) {
  return device === 'gpu' ? [GPU_WHEEL, ...CUDA_WHEELS] : [CPU_WHEEL];
}

/**
 * The arguments that make any pip fetch exactly this file, whatever Python it runs in: the tags of its name.
 * @param {string} file `<name>-<version>-<python>-<abi>-<platform>[.<platform>].whl`
 * @returns {string[]}
 */
export function pipTagArguments(file) {
  const [, , python, abi, platforms] = file.replace(/\.whl$/, '').split('-');
  const version = python.startsWith('cp3') ? ['--python-version', `3.${python.slice(3)}`] : [];
  return [
    ...version,
    ...['--implementation', python.slice(0, 2), '--abi', abi],
    ...platforms.split('.').flatMap((platform) => ['--platform', platform]),
  ];
}
