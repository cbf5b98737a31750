// The workloads in PyTorch's C++ API; speaks with run.py as src/lib.rs does.

#include <torch/torch.h>

#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <string>

namespace nn = torch::nn;
using Run = std::function<void()>;

nn::Sequential mlp(bool softmax = false) {
    nn::Sequential net(nn::Linear(784, 128), nn::ReLU(), nn::Linear(128, 10));
    if (softmax) net->push_back(nn::Softmax(1));
    return net;
}

nn::Sequential lenet5() {
    return nn::Sequential(
        nn::Conv2d(1, 6, 5), nn::ReLU(), nn::MaxPool2d(2), nn::Conv2d(6, 16, 5), nn::ReLU(), nn::MaxPool2d(2),
        nn::Flatten(), nn::Linear(256, 120), nn::ReLU(), nn::Linear(120, 84), nn::ReLU(), nn::Linear(84, 10));
}

torch::Tensor uniform(std::vector<int64_t> shape) { return 2 * torch::rand(shape) - 1; }

void check(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
}

Run predict(nn::Sequential net, std::vector<int64_t> shape) {
    shape.insert(shape.begin(), 1);
    std::vector<torch::Tensor> xs;
    for (int i = 0; i < 16; ++i) xs.push_back(uniform(shape));
    check(!net->forward(xs[0]).equal(net->forward(xs[1])), "outputs do not vary");
    return [net, xs, turn = 0]() mutable {
        torch::InferenceMode guard;
        turn = (turn + 1) % 16;
        check(net->forward(xs[turn]).dim() == 2, "no output");
    };
}

template <class Optimizer, class Options>
Run train(nn::Sequential net, Options options, int64_t batch, std::vector<int64_t> shape) {
    shape.insert(shape.begin(), batch);
    auto optimizer = std::make_shared<Optimizer>(net->parameters(), options);
    auto step = [net, optimizer, x = uniform(shape), y = torch::randint(10, {batch})]() mutable {
        optimizer->zero_grad();
        auto loss = torch::nn::functional::cross_entropy(net->forward(x), y);
        loss.backward();
        optimizer->step();
        return loss.template item<float>();
    };
    float first = step(), later = first;
    for (int i = 0; i < 10; ++i) later = step();
    check(later < first, "the loss does not fall");
    return [step]() mutable { check(std::isfinite(step()), "the loss is not finite"); };
}

// A call of exclusive or: 10,000 steps of one sample.
void exclusive_or() {
    nn::Sequential net(nn::Linear(2, 8), nn::Tanh(), nn::Linear(8, 1));
    torch::optim::SGD sgd(net->parameters(), 0.1);
    std::vector<torch::Tensor> xs, ys;
    for (int i = 0; i < 4; ++i) {
        xs.push_back(torch::tensor({{float(i / 2), float(i % 2)}}));
        ys.push_back(torch::tensor({{float(i == 1 || i == 2)}}));
    }
    float first = 0, last = 0;
    for (int step = 0; step < 10'000; ++step) {
        sgd.zero_grad();
        auto loss = torch::nn::functional::mse_loss(net->forward(xs[step % 4]), ys[step % 4]);
        loss.backward();
        sgd.step();
        if (step < 4) first += loss.item<float>();
        if (step >= 9'996) last += loss.item<float>();
    }
    check(last < first, "the loss does not fall");
}

// Seconds of one call: of several in a row, twice as many each time until they take long enough.
double seconds(Run& run) {
    using clock = std::chrono::steady_clock;
    for (long calls = 1;; calls *= 2) {
        auto start = clock::now();
        for (long i = 0; i < calls; ++i) run();
        double taken = std::chrono::duration<double>(clock::now() - start).count();
        if (taken >= 0.02) return taken / calls;
    }
}

int main() {
    torch::set_num_threads(1);
    using torch::optim::Adam, torch::optim::AdamOptions, torch::optim::SGD, torch::optim::SGDOptions;
    nn::Sequential tiny(nn::Linear(8, 32), nn::Tanh(), nn::Linear(32, 32), nn::Tanh(), nn::Linear(32, 4));
    std::map<std::string, Run> workloads{
        {"W1 predict", predict(tiny, {8})},
        {"W2 predict", predict(mlp(true), {784})},
        {"W4 predict", predict(lenet5(), {1, 28, 28})},
        {"W4 Adam 128", train<Adam>(lenet5(), AdamOptions(1e-6), 128, {1, 28, 28})},
        {"W6 10,000 steps", exclusive_or},
    };
    for (int batch : {32, 128, 512}) {
        auto name = std::to_string(batch);
        workloads["W3 SGD " + name] = train<SGD>(mlp(), SGDOptions(1e-4), batch, {784});
        workloads["W3 Adam " + name] = train<Adam>(mlp(), AdamOptions(1e-6), batch, {784});
    }
    std::cout << "ready";
    for (auto& [name, run] : workloads) std::cout << '\t' << name;
    std::cout << std::endl;
    for (std::string name; std::getline(std::cin, name);) std::cout << seconds(workloads.at(name)) << std::endl;
}
