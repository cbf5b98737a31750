//! The workloads in candle, on its CPU backend.

use candle_core::{DType, Device, Module, Result, Tensor, Var};
use candle_nn::{
    Activation, AdamW, Optimizer, ParamsAdamW, SGD, Sequential, VarBuilder, VarMap, conv2d, linear, loss,
    ops, seq,
};
use peers::{Workload, XOR_INPUTS, XOR_TARGETS};
use std::hint::black_box;

type Build = fn(VarBuilder<'_>) -> Result<Sequential>;

fn tiny(vb: VarBuilder<'_>) -> Result<Sequential> {
    Ok(seq()
        .add(linear(8, 32, vb.pp("dense1"))?)
        .add_fn(Tensor::tanh)
        .add(linear(32, 32, vb.pp("dense2"))?)
        .add_fn(Tensor::tanh)
        .add(linear(32, 4, vb.pp("dense3"))?))
}

fn mlp(vb: VarBuilder<'_>) -> Result<Sequential> {
    let hidden = seq().add(linear(784, 128, vb.pp("dense1"))?).add(Activation::Relu);
    Ok(hidden.add(linear(128, 10, vb.pp("dense2"))?))
}

fn digits(vb: VarBuilder<'_>) -> Result<Sequential> {
    Ok(mlp(vb)?.add_fn(|x| ops::softmax(x, 1)))
}

fn lenet5(vb: VarBuilder<'_>) -> Result<Sequential> {
    Ok(seq()
        .add(conv2d(1, 6, 5, Default::default(), vb.pp("conv1"))?)
        .add(Activation::Relu)
        .add_fn(|x| x.max_pool2d(2))
        .add(conv2d(6, 16, 5, Default::default(), vb.pp("conv2"))?)
        .add(Activation::Relu)
        .add_fn(|x| x.max_pool2d(2))
        .add_fn(|x| x.flatten_from(1))
        .add(linear(256, 120, vb.pp("dense1"))?)
        .add(Activation::Relu)
        .add(linear(120, 84, vb.pp("dense2"))?)
        .add(Activation::Relu)
        .add(linear(84, 10, vb.pp("dense3"))?))
}

fn xor(vb: VarBuilder<'_>) -> Result<Sequential> {
    Ok(seq().add(linear(2, 8, vb.pp("dense1"))?).add_fn(Tensor::tanh).add(linear(8, 1, vb.pp("dense2"))?))
}

/// A network with new weights, which are variables.
fn trainable(build: Build) -> Result<(Sequential, Vec<Var>)> {
    let weights = VarMap::new();
    let net = build(VarBuilder::from_varmap(&weights, DType::F32, &Device::Cpu))?;
    Ok((net, weights.all_vars()))
}

fn predict(build: Build, sample: &[usize], outputs: usize) -> Result<impl FnMut() + use<>> {
    let variables = VarMap::new();
    build(VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu))?;
    // Constants, as in a program that only predicts: the network keeps no graph of them.
    let variables = variables.data().lock().expect("one thread").clone();
    let weights = variables.into_iter().map(|(name, var)| (name, var.as_detached_tensor())).collect();
    let net = build(VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu))?;
    let shape = [&[1], sample].concat();
    let xs =
        (0..16).map(|_| Tensor::rand(-1f32, 1.0, shape.as_slice(), &Device::Cpu)).collect::<Result<_>>()?;
    Ok(peers::in_turns(xs, move |x| {
        let y = net.forward(x).expect("shapes that match");
        assert_eq!(y.dims(), [1, outputs]);
        black_box(y);
    }))
}

fn train<O: Optimizer + 'static>(
    build: Build,
    options: O::Config,
    batch: usize,
    sample: &[usize],
) -> Result<impl FnMut() + use<O>> {
    let (net, variables) = trainable(build)?;
    let mut optimizer = O::new(variables, options)?;
    let x = Tensor::rand(-1f32, 1.0, [&[batch], sample].concat(), &Device::Cpu)?;
    let y = Tensor::rand(0f32, 10.0, batch, &Device::Cpu)?.to_dtype(DType::U32)?;
    let mut step = move || {
        let loss = loss::cross_entropy(&net.forward(&x)?, &y)?;
        optimizer.backward_step(&loss)?;
        loss.to_scalar::<f32>()
    };
    Ok(peers::learning(move || step().expect("shapes that match")))
}

fn exclusive_or() -> Result<()> {
    let (net, variables) = trainable(xor)?;
    let mut sgd = SGD::new(variables, 0.1)?;
    let samples = std::iter::zip(XOR_INPUTS, XOR_TARGETS)
        .map(|(x, y)| Ok((Tensor::new(&[x], &Device::Cpu)?, Tensor::new(&[y], &Device::Cpu)?)))
        .collect::<Result<Vec<_>>>()?;
    let mut step = |i: usize| {
        let (x, y) = &samples[i];
        let loss = loss::mse(&net.forward(x)?, y)?;
        sgd.backward_step(&loss)?;
        loss.to_scalar::<f32>()
    };
    peers::exclusive_or(|i| step(i).expect("shapes that match"));
    Ok(())
}

fn main() -> Result<()> {
    let adam = ParamsAdamW { lr: 1e-6, weight_decay: 0.0, ..Default::default() };
    let image = [1, 28, 28];
    let mut workloads = vec![
        Workload::new("W1 predict", predict(tiny, &[8], 4)?),
        Workload::new("W2 predict", predict(digits, &[784], 10)?),
        Workload::new("W4 predict", predict(lenet5, &image, 10)?),
        Workload::new("W4 Adam 128", train::<AdamW>(lenet5, adam.clone(), 128, &image)?),
        Workload::new("W6 10,000 steps", || exclusive_or().expect("shapes that match")),
    ];
    for batch in [32, 128, 512] {
        workloads.extend([
            Workload::new(format!("W3 SGD {batch}"), train::<SGD>(mlp, 1e-4, batch, &[784])?),
            Workload::new(format!("W3 Adam {batch}"), train::<AdamW>(mlp, adam.clone(), batch, &[784])?),
        ]);
    }
    peers::serve(workloads);
    Ok(())
}
