use backprop::network;

#[network(
    input = 2,
    layers = [heads {
        h0: [dense(1)],
        h1: [dense(1)],
        h2: [dense(1)],
        h3: [dense(1)],
        h4: [dense(1)],
        h5: [dense(1)],
        h6: [dense(1)],
        h7: [dense(1)],
        h8: [dense(1)],
        h9: [dense(1)],
        h10: [dense(1)],
        h11: [dense(1)],
        h12: [dense(1)],
        h13: [dense(1)],
        h14: [dense(1)],
        h15: [dense(1)],
        h16: [dense(1)],
    }],
    loss = {
        h0: mse,
        h1: mse,
        h2: mse,
        h3: mse,
        h4: mse,
        h5: mse,
        h6: mse,
        h7: mse,
        h8: mse,
        h9: mse,
        h10: mse,
        h11: mse,
        h12: mse,
        h13: mse,
        h14: mse,
        h15: mse,
        h16: mse,
    },
)]
struct Net;

fn main() {}
