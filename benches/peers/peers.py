"""The workloads of benches/README.md in PyTorch, JAX, onnxruntime and LiteRT: one library a process.

    python peers.py torch|jax|onnxruntime|litert

Speaks with run.py as src/lib.rs does. The same shapes, batch sizes and optimizers as ours; inputs vary.
"""
import sys
import time

import numpy as np

TURN = 0.02
STEPS = 10_000
RNG = np.random.default_rng(1)
BATCHES = (32, 128, 512)
XOR = np.float32([[0, 0], [0, 1], [1, 0], [1, 1]]), np.float32([[0], [1], [1], [0]])


def uniform(*shape):
    return RNG.uniform(-1, 1, shape).astype(np.float32)


def dense_parameters(*sizes):
    pairs = list(zip(sizes, sizes[1:]))
    return [(uniform(i, o) / np.float32(i) ** 0.5, uniform(o) / np.float32(i) ** 0.5) for i, o in pairs]


def torch_workloads():
    import torch
    from torch import nn

    torch.set_num_threads(1)

    def mlp(softmax=False):
        layers = [nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)] + [nn.Softmax(-1)] * softmax
        return nn.Sequential(*layers)

    def lenet5():
        return nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))

    def predict(net, *shape):
        xs = [torch.from_numpy(uniform(1, *shape)) for _ in range(16)]
        turn = [0]

        def run():
            turn[0] = (turn[0] + 1) % 16
            with torch.inference_mode():
                net(xs[turn[0]])
        return run

    def train(net, optimizer, batch, *shape):
        x, y = torch.from_numpy(uniform(batch, *shape)), torch.from_numpy(RNG.integers(0, 10, batch))
        optimizer, loss = optimizer(net.parameters()), nn.CrossEntropyLoss()

        def run():
            optimizer.zero_grad()
            loss(net(x), y).backward()
            optimizer.step()
        return run

    def xor():
        net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
        sgd, loss = torch.optim.SGD(net.parameters(), 0.1), nn.MSELoss()
        samples = [(torch.from_numpy(x[None]), torch.from_numpy(y[None])) for x, y in zip(*XOR)]
        for step in range(STEPS):
            x, y = samples[step % 4]
            sgd.zero_grad()
            loss(net(x), y).backward()
            sgd.step()

    sgd, adam = (lambda p: torch.optim.SGD(p, 1e-4)), (lambda p: torch.optim.Adam(p, 1e-6))
    tiny = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 4))
    yield "W1 predict", predict(tiny, 8)
    yield "W2 predict", predict(mlp(True), 784)
    for batch in BATCHES:
        yield f"W3 SGD {batch}", train(mlp(), sgd, batch, 784)
        yield f"W3 Adam {batch}", train(mlp(), adam, batch, 784)
    yield "W4 predict", predict(lenet5(), 1, 28, 28)
    yield "W4 Adam 128", train(lenet5(), adam, 128, 1, 28, 28)
    yield "W6 10,000 steps", xor


def jax_workloads():
    import os

    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax
    import jax.numpy as jnp

    def mlp(parameters, x, act=jax.nn.relu):
        *hidden, (w, b) = parameters
        for wi, bi in hidden:
            x = act(x @ wi + bi)
        return x @ w + b

    def lenet5(parameters, x):
        (k1, b1), (k2, b2), *rest = parameters
        for k, b in ((k1, b1), (k2, b2)):
            x = jax.lax.conv_general_dilated(x, k, (1, 1), "VALID") + b[:, None, None]
            x = jax.lax.reduce_window(jax.nn.relu(x), -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
        return mlp(rest, x.reshape(x.shape[0], -1))

    def lenet5_parameters():
        return [(uniform(6, 1, 5, 5) / 5, uniform(6)), (uniform(16, 6, 5, 5) / 12, uniform(16)),
                *dense_parameters(256, 120, 84, 10)]

    def predict(net, parameters, *shape):
        parameters = jax.tree.map(jnp.asarray, parameters)
        net, xs, turn = jax.jit(net), [jnp.asarray(uniform(1, *shape)) for _ in range(16)], [0]

        def run():
            turn[0] = (turn[0] + 1) % 16
            net(parameters, xs[turn[0]]).block_until_ready()
        return run

    def train(net, parameters, adam, batch, *shape):
        x, y = jnp.asarray(uniform(batch, *shape)), jnp.asarray(RNG.integers(0, 10, batch))

        def loss(parameters):
            return -jnp.take_along_axis(jax.nn.log_softmax(net(parameters, x)), y[:, None], 1).mean()

        def step(p, m, v, t):
            value, g = jax.value_and_grad(loss)(p)
            if not adam:
                return value, jax.tree.map(lambda p, g: p - 1e-4 * g, p, g), m, v, t
            m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
            v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
            s, r = 1 - 0.9 ** (t + 1), 1 - 0.999 ** (t + 1)
            p = jax.tree.map(lambda p, m, v: p - 1e-6 * (m / s) / (jnp.sqrt(v / r) + 1e-8), p, m, v)
            return value, p, m, v, t + 1

        step = jax.jit(step, donate_argnums=(0, 1, 2))
        zeros = lambda: jax.tree.map(jnp.zeros_like, parameters)
        state = [jax.tree.map(jnp.array, parameters), zeros(), zeros(), jnp.float32(0)]

        def run():
            value, *state[:] = step(*state)
            value.block_until_ready()
        return run

    @jax.jit
    def xor(parameters):
        """All steps as one compiled loop."""
        xs, ys = map(jnp.asarray, XOR)

        def step(i, parameters):
            g = jax.grad(lambda p: ((mlp(p, xs[i % 4], jnp.tanh) - ys[i % 4]) ** 2).mean())(parameters)
            return jax.tree.map(lambda p, g: p - 0.1 * g, parameters, g)
        return jax.lax.fori_loop(0, STEPS, step, parameters)

    digits = lambda p, x: jax.nn.softmax(mlp(p, x))
    yield "W1 predict", predict(lambda p, x: mlp(p, x, jnp.tanh), dense_parameters(8, 32, 32, 4), 8)
    yield "W2 predict", predict(digits, dense_parameters(784, 128, 10), 784)
    for batch in BATCHES:
        yield f"W3 SGD {batch}", train(mlp, dense_parameters(784, 128, 10), False, batch, 784)
        yield f"W3 Adam {batch}", train(mlp, dense_parameters(784, 128, 10), True, batch, 784)
    yield "W4 predict", predict(lenet5, lenet5_parameters(), 1, 28, 28)
    yield "W4 Adam 128", train(lenet5, lenet5_parameters(), True, 128, 1, 28, 28)
    yield "W6 10,000 steps", lambda: jax.block_until_ready(xor(dense_parameters(2, 8, 1)))


def onnxruntime_workloads():
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    class Graph:
        def __init__(self):
            self.nodes, self.constants, self.last = [], [], "x"

        def constant(self, values):
            name = f"c{len(self.constants)}"
            self.constants.append(numpy_helper.from_array(values, name))
            return name

        def add(self, kind, *constants, **options):
            names = [self.last, *map(self.constant, constants)]
            self.last = f"y{len(self.nodes)}"
            self.nodes.append(helper.make_node(kind, names, [self.last], **options))
            return self

    def predict(graph, *shape):
        info = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, None if name != "x" else (1, *shape))
        graph = helper.make_graph(graph.nodes, "net", [info("x")], [info(graph.last)], graph.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
        xs, turn = [uniform(1, *shape) for _ in range(16)], [0]

        def run():
            turn[0] = (turn[0] + 1) % 16
            session.run(None, {"x": xs[turn[0]]})
        return run

    def dense(graph, act, *sizes):
        *hidden, last = dense_parameters(*sizes)
        for layer in hidden:
            graph.add("Gemm", *layer).add(act)
        return graph.add("Gemm", *last)

    yield "W1 predict", predict(dense(Graph(), "Tanh", 8, 32, 32, 4), 8)
    yield "W2 predict", predict(dense(Graph(), "Relu", 784, 128, 10).add("Softmax"), 784)
    net = Graph()
    for kernel in ((6, 1, 5, 5), (16, 6, 5, 5)):
        net.add("Conv", uniform(*kernel) / 5, uniform(kernel[0])).add("Relu")
        net.add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    yield "W4 predict", predict(dense(net.add("Flatten"), "Relu", 256, 120, 84, 10), 1, 28, 28)


def litert_workloads():
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema
    from ai_edge_litert.interpreter import Interpreter

    kinds, relu = schema.BuiltinOperator, schema.ActivationFunctionType.RELU

    class Graph:
        """Operators one after another; images are [height, width, channel]."""

        def __init__(self, *shape):
            self.buffers, self.tensors, self.codes, self.operators = [schema.BufferT()], [], [], []
            self.last = self.tensor((1, *shape))

        def tensor(self, shape, values=None):
            if values is not None:
                self.buffers.append(schema.BufferT(data=np.frombuffer(values.tobytes(), np.uint8)))
            buffer = len(self.buffers) - 1 if values is not None else 0
            self.tensors.append(schema.TensorT(shape=shape, buffer=buffer))
            return len(self.tensors) - 1

        def add(self, kind, shape, *constants, options="NONE", **fields):
            inputs = [self.last, *(self.tensor(values.shape, values) for values in constants)]
            self.last = self.tensor((1, *shape))
            self.operators.append(schema.OperatorT(
                opcodeIndex=len(self.codes), inputs=inputs, outputs=[self.last],
                builtinOptionsType=getattr(schema.BuiltinOptions, options),
                builtinOptions=None if options == "NONE" else getattr(schema, options + "T")(**fields)))
            self.codes.append(schema.OperatorCodeT(deprecatedBuiltinCode=kind, builtinCode=kind, version=1))
            return self

        def dense(self, weights, bias, act=0):
            return self.add(kinds.FULLY_CONNECTED, bias.shape, weights.T, bias,
                            options="FullyConnectedOptions", fusedActivationFunction=act)

        def conv_and_pool(self, side, *kernel):
            channels, square = kernel[0], dict(strideW=2, strideH=2, filterWidth=2, filterHeight=2)
            self.add(kinds.CONV_2D, (side, side, channels), uniform(*kernel) / 5, uniform(channels),
                     options="Conv2DOptions", padding=1, strideW=1, strideH=1, fusedActivationFunction=relu)
            return self.add(kinds.MAX_POOL_2D, (side // 2, side // 2, channels), options="Pool2DOptions", **square)

        def predict(self):
            graph = schema.SubGraphT(tensors=self.tensors, inputs=[0], outputs=[self.last], operators=self.operators)
            model = schema.ModelT(version=3, operatorCodes=self.codes, subgraphs=[graph], buffers=self.buffers)
            builder = flatbuffers.Builder()
            builder.Finish(model.Pack(builder), b"TFL3")
            net = Interpreter(model_content=bytes(builder.Output()), num_threads=1)
            net.allocate_tensors()
            xs, turn = [uniform(*self.tensors[0].shape) for _ in range(16)], [0]

            def run():
                turn[0] = (turn[0] + 1) % 16
                net.set_tensor(0, xs[turn[0]])
                net.invoke()
                return net.get_tensor(self.last)
            assert len({run().tobytes() for _ in xs}) == 16
            return run

    tiny, digits, lenet5 = Graph(8), Graph(784), Graph(28, 28, 1)
    for layer in dense_parameters(8, 32, 32, 4):
        tiny.dense(*layer)
        if len(layer[1]) > 4:
            tiny.add(kinds.TANH, layer[1].shape)
    hidden, last = dense_parameters(784, 128, 10)
    digits.dense(*hidden, relu).dense(*last).add(kinds.SOFTMAX, (10,), options="SoftmaxOptions", beta=1.0)
    lenet5.conv_and_pool(24, 6, 5, 5, 1).conv_and_pool(8, 16, 5, 5, 6)
    *hidden, last = dense_parameters(256, 120, 84, 10)
    for layer in hidden:
        lenet5.dense(*layer, relu)
    lenet5.dense(*last)
    yield "W1 predict", tiny.predict()
    yield "W2 predict", digits.predict()
    yield "W4 predict", lenet5.predict()


def seconds(run):
    """Of one call: of several in a row, twice as many each time until they take long enough."""
    calls = 1
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            run()
        taken = time.perf_counter() - start
        if taken >= TURN:
            return taken / calls
        calls *= 2


def main():
    workloads = dict(globals()[sys.argv[1] + "_workloads"]())
    # JAX compiles in the first call, and may once more in the second.
    for run in workloads.values():
        run()
        run()
    print("ready", *workloads, sep="\t", flush=True)
    for line in sys.stdin:
        print(seconds(workloads[line.strip()]), flush=True)


main()
