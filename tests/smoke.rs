use backprop::prelude::*;

#[network(input = 2, layers = [dense(8), relu, dense(1)], loss = mse)]
struct Xor;

#[test]
fn xor_is_learnt() {
    let mut rng = backprop::rng(1);
    let mut net = Xor::new(&mut rng);
    let mut trainer = Trainer::new(Sgd::new(0.1).momentum(0.9));
    let xs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    let ys = [[0.0], [1.0], [1.0], [0.0]];
    let mut loss = 0.0;
    for _ in 0..2000 {
        loss = trainer.step(&mut net, &xs, &ys).unwrap();
    }
    println!("{}", net.summary());
    assert!(loss < 1e-3, "{loss}");
}
