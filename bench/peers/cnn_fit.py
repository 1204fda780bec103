import torch
from autoencoder import weights
from serve import milliseconds, serve
from torch import nn

BATCH, STEPS = 32, 10
net = nn.Sequential(
    nn.Conv2d(1, 32, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Dropout2d(0.5),
    nn.Flatten(),
    nn.Linear(7 * 7 * 64, 128),
    nn.ReLU(),
    nn.Dropout(0.5),
    nn.Linear(128, 10),
).to(memory_format=torch.channels_last)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-7)
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
pixels = torch.rand(BATCH, 1, 28, 28).contiguous(memory_format=torch.channels_last)
labels = torch.arange(BATCH) % 10


def train():
    for _ in range(STEPS):
        loss = criterion(net(pixels), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()


serve(lambda: milliseconds(train) / STEPS, {"torch": torch.__version__}, weights=weights(net))
