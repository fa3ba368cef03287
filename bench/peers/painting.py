"""Steps of Gatys' style transfer in PyTorch, with the layers, weights and losses that Stride has."""

import torch

# What a network sees of content and of style: Stride's Styles.
LAYERS = {
    "squeezenet1_1": ({3: 1.0}, {1: 1.6, 4: 0.04, 6: 0.001, 7: 0.0001}),
    "vgg19": ({22: 1.0}, dict.fromkeys([1, 6, 11, 20, 29], 100.0)),
}
VARIATION = 10.0

# Steps that Stride's L-BFGS remembers of 0.4 MP.
MEMORY = 20


def steps(model, network, method, height, width):
    """A function that changes a picture once. Noise, as the pictures that Stride's bench takes."""
    content, style = LAYERS[network]
    last = max(*content, *style)
    layers = model.features[: last + 1].eval().to(memory_format=torch.channels_last)
    for weight in layers.parameters():
        weight.requires_grad_(False)
    photo, painting = (torch.rand(1, 3, height, width) for _ in range(2))
    photo, painting = (p.contiguous(memory_format=torch.channels_last) for p in [photo, painting])
    with torch.no_grad():
        seen = maps(layers, photo)
        wanted = {layer: seen[layer] for layer in content}
        grams = {layer: gram(m) for layer, m in maps(layers, painting).items() if layer in style}
    x = photo.clone(memory_format=torch.preserve_format)
    # PyTorch's L-BFGS takes gradients that are contiguous alone.
    x = (x if method == "adam" else x.contiguous()).requires_grad_(True)
    if method == "adam":
        optimizer = torch.optim.Adam([x], lr=0.02)
    else:
        optimizer = torch.optim.LBFGS([x], lr=1, max_iter=1, history_size=MEMORY)

    def loss():
        optimizer.zero_grad(set_to_none=True)
        seen = maps(layers, x.contiguous(memory_format=torch.channels_last))
        total = VARIATION * variation(x)
        for layer, weight in content.items():
            total = total + weight * ((seen[layer] - wanted[layer]) ** 2).mean() / 2
        for layer, weight in style.items():
            filters = seen[layer].shape[1]
            off = ((gram(seen[layer]) - grams[layer]) ** 2).sum()
            total = total + weight * off / (4 * filters**2)
        total.backward()
        return total

    def step():
        optimizer.step(loss)
        if method == "adam":
            with torch.no_grad():
                x.clamp_(0, 1)

    return step


def maps(layers, x):
    seen = {}
    for i, layer in enumerate(layers):
        # A ReLU in place would change the maps of the layer before it.
        x = torch.relu(x) if isinstance(layer, torch.nn.ReLU) else layer(x)
        seen[i] = x
    return seen


def gram(x):
    """F'F / M; the maps are channels last, so that their pixels are rows of a matrix."""
    f = x.permute(0, 2, 3, 1).reshape(-1, x.shape[1])
    return f.t() @ f / len(f)


def variation(x):
    right = ((x[..., 1:] - x[..., :-1]) ** 2).sum()
    below = ((x[..., 1:, :] - x[..., :-1, :]) ** 2).sum()
    return (right + below) / (x.shape[2] * x.shape[3])
