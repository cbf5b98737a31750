//! What other libraries call things: near in meaning, where a misspelling is near in letters.

/// A name of ours, and what others call the same, in lower case without underscores.
const SYNONYMS: &[(&str, &str)] = &[
    // Layers.
    ("dense", "linear fc fullyconnected affine lazylinear inner innerproduct gemm mlp perceptron"),
    ("conv1d", "convolution1d temporalconvolution causalconv1d"),
    ("conv2d", "conv convolution convolution2d conv2dlayer depthwiseconv2d separableconv2d"),
    ("conv_transpose2d", "convtranspose convtransposed2d deconv deconv2d deconvolution upconv"),
    ("max_pool2d", "maxpool maxpooling maxpooling2d pool pooling pool2d pooling2d"),
    ("avg_pool2d", "avgpool avgpooling averagepool averagepool2d averagepooling averagepooling2d meanpool"),
    ("max_pool1d", "maxpooling1d pool1d pooling1d"),
    ("avg_pool1d", "avgpooling1d averagepool1d averagepooling1d"),
    (
        "global_max_pool",
        "globalmaxpool1d globalmaxpool2d globalmaxpooling globalmaxpooling1d globalmaxpooling2d",
    ),
    (
        "global_avg_pool",
        "globalavgpool1d globalavgpool2d globalaveragepool globalaveragepooling globalaveragepooling1d globalaveragepooling2d gap",
    ),
    ("adaptive_avg_pool2d", "adaptiveavgpool adaptiveaveragepool2d"),
    (
        "upsample",
        "upsampling upsampling1d upsampling2d interpolate resize upsamplingnearest2d upsamplingbilinear2d",
    ),
    ("adaptive_max_pool2d", "adaptivemaxpool"),
    (
        "pad",
        "zeropad zeropad1d zeropad2d zeropadding1d zeropadding2d constantpad1d constantpad2d reflectionpad1d reflectionpad2d replicationpad1d replicationpad2d circularpad1d circularpad2d padlayer",
    ),
    ("pixel_shuffle", "depthtospace subpixel subpixelconv"),
    ("pixel_unshuffle", "spacetodepth"),
    ("flatten", "flat ravel"),
    ("reshape", "view unflatten"),
    ("transpose", "permute swapaxes"),
    ("embedding", "embed embeddings lookup embeddingbag"),
    ("batch_norm", "bn batchnormalization batchnormalisation syncbatchnorm"),
    ("layer_norm", "ln layernormalization layernormalisation"),
    ("rms_norm", "rmsnormalization"),
    ("group_norm", "gn groupnormalization"),
    ("instance_norm", "instancenormalization"),
    ("dropout2d", "spatialdropout spatialdropout2d featuredropout"),
    ("attention", "multiheadattention selfattention mha scaleddotproductattention"),
    ("positional_encoding", "positionalembedding positionencoding positionembedding pos"),
    ("relu", "rectifier rectifiedlinear"),
    ("leaky_relu", "lrelu"),
    ("silu", "swish"),
    ("sigmoid", "logistic expit"),
    ("softplus", "softrelu"),
    ("tanh", "hyperbolictangent"),
    ("hard_tanh", "clip clamp"),
    ("sin", "sine siren"),
    ("activation", "lambda function"),
    ("residual", "skip skipconnection shortcut resblock residualblock"),
    ("sum", "add addition plus"),
    ("concat", "cat concatenate stack"),
    ("lstm", "longshorttermmemory lstmcell"),
    ("gru", "grucell gatedrecurrentunit"),
    ("rnn", "recurrent simplernn elman rnncell"),
    ("last", "laststep lasttimestep returnsequences"),
    // Arguments.
    ("outputs", "outfeatures units outputsize outputdim outchannels numoutputs features"),
    ("channels", "outchannels filters numfilters features"),
    ("kernel", "kernelsize poolsize kernelshape window windowsize size"),
    ("stride", "strides step"),
    ("padding", "pad pads"),
    ("dilation", "dilationrate dilations"),
    ("bias", "usebias withbias"),
    ("init", "kernelinit kernelinitializer weightinit weightinitializer initializer embeddingsinitializer"),
    ("bias_init", "biasinitializer"),
    ("eps", "epsilon"),
    ("affine", "elementwiseaffine scaleandcenter"),
    ("slope", "negativeslope alpha"),
    ("heads", "numheads nhead nheads nhnumheads"),
    ("groups", "numgroups"),
    ("features", "embeddingdim outputdim"),
    ("rows", "numembeddings inputdim vocabulary vocabsize"),
    ("p", "rate probability dropoutrate dropprob"),
    ("factor", "scalefactor scale"),
    ("causal", "iscausal usecausalmask"),
    // Keys.
    ("input", "inputs inputshape inputsize inputdim shape"),
    ("layers", "layer model sequential network modules body"),
    ("loss", "criterion lossfn lossfunction cost objective"),
    ("scalar", "dtype precision type float"),
    ("train", "trainable requiresgrad"),
    ("weights", "pretrained checkpoint"),
    // Losses and their settings.
    ("mse", "mseloss l2 l2loss meansquarederror squarederror quadratic"),
    ("mae", "l1 l1loss meanabsoluteerror absoluteerror"),
    ("huber", "huberloss"),
    ("log_cosh", "logcoshloss"),
    ("quantile", "pinball pinballloss"),
    (
        "cross_entropy",
        "crossentropyloss ce softmaxcrossentropy sparsecategoricalcrossentropy sparsecrossentropy logloss",
    ),
    ("multi_margin", "multimarginloss multiclasshinge"),
    ("nll", "nllloss negativeloglikelihood"),
    (
        "binary_cross_entropy",
        "bcewithlogits bcewithlogitsloss sigmoidcrossentropy binarycrossentropywithlogits",
    ),
    ("binary_cross_entropy_of_probabilities", "bce bceloss"),
    ("kl_divergence", "kl kldiv kldivloss kullbackleibler"),
    ("gaussian_nll", "gaussiannllloss"),
    ("poisson_nll", "poissonnllloss poisson"),
    ("cosine", "cosinesimilarity cosineembeddingloss cosineloss"),
    ("class_weights", "weight classweight"),
    ("positive_weight", "posweight"),
    ("missing", "mask maskednan"),
    ("delta", "beta threshold"),
    ("learning_rate", "lr lrscale"),
    ("padding_idx", "paddingindex maskzero"),
    // Initializers.
    ("zeros", "zero zerosinitializer"),
    ("ones", "one onesinitializer"),
    ("xavier_uniform", "glorot glorotuniform xavier"),
    ("xavier_normal", "glorotnormal"),
    ("he_normal", "he kaiming msra"),
    ("normal", "randomnormal gaussian"),
    ("uniform", "randomuniform"),
    // Padding.
    ("same", "samepadding"),
];

/// What has no counterpart of one word here: what to do instead. Words in lower case without underscores.
const ADVICE: &[(&str, &str)] = &[
    (
        "infeatures inchannels inputdim inputshape inputsize indim insize inputs numinputs inputchannels",
        "how many inputs there are follows from the layer before: leave it out",
    ),
    ("activation act", "an activation is a layer of its own, behind this one: `dense(10), relu`"),
    ("inplace", "layers work in place where they can: leave it out"),
    ("dataformat channelslast", "images are `[channels, height, width]`: leave it out"),
    ("dtype", "the scalar type is a key of the network, `scalar = f64`: leave it out"),
    ("device", "there is one device, the processor: leave it out"),
    ("name", "the name stands before the layer: `name: dense(10)`"),
    ("trainable requiresgrad", "what is not trained has `frozen` before it: `frozen dense(10)`"),
    ("dim axis", "it works along the last axis: put `transpose` before it, and behind it, for another one"),
    ("normalizedshape", "the shape follows from the layer before: `axes = [1, 2]` says which of its axes"),
    ("paddingmode", "convolutions have it: before another layer put `pad(1, mode = reflect)`"),
    (
        "returnsequences returnstate",
        "the output has every step: `last` behind the layer keeps the last one alone",
    ),
    ("batchfirst", "samples are `[time, features]` and a batch is a slice of them: leave it out"),
];

/// The same for layers.
const NO_LAYERS: &[(&str, &str)] = &[
    ("input inputlayer", "the input is a key of the network: `input = 784`, or `input = [1, 28, 28]`"),
    ("output outputlayer", "the output is that of the last layer: leave it out"),
    ("identity noop passthrough", "leave it out; a branch without layers is `[]`"),
    ("softmin", "write `activation(|x| -x), softmax`"),
    ("timedistributed", "layers work on each step of a sequence by themselves: write the one within alone"),
    ("bidirectional", "write `lstm(32, bidirectional = true)`, and so for `gru` and `rnn`"),
    ("sequential", "a list of layers is a chain already: write the layers alone"),
];

/// The same for keys.
const NO_KEYS: &[(&str, &str)] = &[
    ("batch batchsize", "a batch of any length is given to `step`: leave it out"),
    (
        "optimizer optim",
        "the optimizer belongs to the trainer, `Trainer::new(Adam::new(1e-3))`: leave it out",
    ),
    ("learningrate lr", "the learning rate belongs to the optimizer, `Adam::new(1e-3)`: leave it out"),
    ("output outputs outputshape outputsize", "the output is that of the last layer: leave it out"),
    ("name", "the struct's name is the network's: leave it out"),
    ("activation activations", "activations are layers: `layers = [dense(10), relu]`"),
    ("metrics", "metrics are computed from predictions: leave it out"),
];

/// The same for losses.
const NO_LOSSES: &[(&str, &str)] = &[
    (
        "categoricalcrossentropy",
        "write `cross_entropy` for targets that are numbers of classes, `cross_entropy_distribution` for one-hot \
         vectors; both take scores, without `softmax` before them",
    ),
    (
        "binarycrossentropyloss binarycrossentropy",
        "write `binary_cross_entropy` for scores, `binary_cross_entropy_of_probabilities` behind `sigmoid`",
    ),
];

/// What a table of advice is for.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    Argument,
    Key,
    Layer,
    Loss,
}

/// In lower case, without underscores.
fn plain(name: &str) -> String {
    name.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

/// The known name that means the same as another library's: `batch_norm` for `BatchNorm2d`.
pub(crate) fn meant<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let word = plain(word);
    let called = |word: &str| known.clone().find(|name| plain(name) == word);
    let synonym = || {
        let ours = SYNONYMS.iter().filter(|(_, others)| others.split(' ').any(|other| other == word));
        ours.filter_map(|(ours, _)| known.clone().find(|name| name == ours)).next()
    };
    let shorter =
        || ["loss", "layer", "1d", "2d", "3d"].iter().find_map(|end| called(word.strip_suffix(end)?));
    called(&word).or_else(synonym).or_else(shorter)
}

/// What to do where nothing here has that name.
pub(crate) fn advice(word: &str, place: Place) -> Option<&'static str> {
    let word = plain(word);
    let table = match place {
        Place::Argument => ADVICE,
        Place::Key => NO_KEYS,
        Place::Layer => NO_LAYERS,
        Place::Loss => NO_LOSSES,
    };
    table.iter().find(|(words, _)| words.split(' ').any(|other| other == word)).map(|(_, advice)| *advice)
}

/// Names without arguments that are taken for another library's, though a type could be called so.
const UNLIKE_RUST: &str = "ReLU ReLU6 LeakyReLU PReLU ELU SELU CELU GELU SiLU GLU LogSoftmax Hardtanh Hardswish Conv1d Conv2d \
     ConvTranspose2d BatchNorm1d BatchNorm2d BatchNormalization LayerNorm LayerNormalization InstanceNorm2d MaxPool1d MaxPool2d \
     MaxPooling2D AvgPool2d AveragePooling2D Dropout Dropout2d Flatten Input InputLayer LSTM GRU MSELoss L1Loss CrossEntropyLoss \
     BCELoss BCEWithLogitsLoss NLLLoss KLDivLoss GaussianNLLLoss PoissonNLLLoss";

/// Whether a name in capitals is surely another library's, and no type of the user's.
pub(crate) fn is_foreign(name: &str) -> bool {
    UNLIKE_RUST.split_whitespace().any(|foreign| foreign == name)
}

#[test]
fn words_of_others_are_near_in_meaning() {
    let layers = || crate::layers::KINDS.iter().map(|kind| kind.name);
    for (word, ours) in [
        ("linear", "dense"),
        ("Linear", "dense"),
        ("fc", "dense"),
        ("Conv2d", "conv2d"),
        ("ReLU", "relu"),
        ("LeakyReLU", "leaky_relu"),
        ("BatchNorm2d", "batch_norm"),
        ("MaxPooling2D", "max_pool2d"),
        ("swish", "silu"),
    ] {
        assert_eq!(meant(word, layers()), Some(ours), "{word}");
    }
    assert_eq!(meant("attention_is_all", layers()), None);
    assert_eq!(meant("MSELoss", ["mae", "mse"].into_iter()), Some("mse"));
}

/// Names of ours in the table that nothing has are misspelt, and no word is given twice for one name.
#[test]
fn synonyms_are_of_names_that_exist() {
    for (index, (ours, others)) in SYNONYMS.iter().enumerate() {
        assert!(SYNONYMS[..index].iter().all(|(earlier, _)| earlier != ours), "{ours} has two lines");
        for other in others.split(' ') {
            assert_eq!(other, plain(other), "{ours}: {other}");
        }
    }
    for word in UNLIKE_RUST.split_whitespace() {
        let kinds = crate::layers::KINDS.iter().map(|kind| kind.name);
        let losses = crate::losses::KINDS.iter().map(|kind| kind.name);
        // Layers that are still to come have their names already.
        let found = meant(word, kinds.chain(losses).chain(["lstm", "gru"])).is_some();
        assert!(found || advice(word, Place::Layer).is_some(), "{word}");
    }
}
