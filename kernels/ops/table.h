// The table of ops: one row each, by the name of its struct.
#pragma once

#define KFCTL_OPS(X)    \
  X(DenseForward)       \
  X(DenseBackward)      \
  X(ConvForward)        \
  X(ConvBackward)       \
  X(PoolForward)        \
  X(PoolBackward)       \
  X(EmbeddingForward)   \
  X(EmbeddingBackward)  \
  X(LayerNormForward)   \
  X(LayerNormBackward)  \
  X(BatchNormForward)   \
  X(BatchNormBackward)  \
  X(Fill)               \
  X(AddScaled)          \
  X(ActivationForward)  \
  X(ActivationBackward) \
  X(Dropout)            \
  X(Softmax)            \
  X(SoftmaxLoss)        \
  X(SigmoidLoss)        \
  X(RegressionLoss)     \
  X(GradientNorm)       \
  X(OptimiserStep)      \
  X(BatchIndices)       \
  X(GatherRows)         \
  X(GatherInts)         \
  X(ColumnMoments)      \
  X(ColumnSums)         \
  X(TopK)               \
  X(RankScores)
